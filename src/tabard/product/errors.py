"""What is wrong with a product's own files."""

from dataclasses import dataclass
from typing import Self

from tabard.ground.errors import ProductError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a manifest: at which key, what was expected, what stands there."""

    where: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, got {self.got}"


class BadManifest(ProductError):  # noqa: N818  says what the file is
    """A manifest that cannot be used; `faults` holds every fault found, not the first alone."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, where: str, faults: tuple[Fault, ...]) -> Self:
        """The error that tells all these faults of the file `where`."""
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        error = cls(
            f"the manifest has {many}\n" + "\n".join(f"  {fault}" for fault in faults),
            where=where,
            remedy="mend what is listed; docs of the manifest: products/ward-board/tabard.toml is a whole example",
        )
        error.faults = faults
        return error
