"""What is wrong with a file that somebody wrote: every fault that was found, told together."""

from dataclasses import dataclass
from typing import ClassVar, Self

from tabard.ground.errors import ProductError

_MOST_TOLD = 100
"""Faults that stand in an error's words; a file of strangers can have as many as it has letters."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: at which key, what was expected, what stands there."""

    where: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.where or 'the whole file'}: expected {self.expected}, got {self.got}"


class FaultyFile(ProductError):  # noqa: N818  says what the file is
    """A file that cannot be used; `faults` holds every fault found, not the first alone. Each kind says its name and remedy."""

    called: ClassVar[str]
    mend: ClassVar[str] = "mend what is listed"
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, faults: tuple[Fault, ...], where: str | None = None) -> Self:
        """The error that tells all these faults, of the file `where`."""
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        more = (f"  and {len(faults) - _MOST_TOLD} more",) if len(faults) > _MOST_TOLD else ()
        words = (f"{cls.called} has {many}", *(f"  {fault}" for fault in faults[:_MOST_TOLD]), *more)
        error = cls("\n".join(words), where=where, remedy=cls.mend)
        error.faults = faults
        return error
