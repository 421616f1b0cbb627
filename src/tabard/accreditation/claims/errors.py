"""What can be wrong with a maker's claims, with evidence, or with the ledger that keeps it."""

from dataclasses import dataclass
from typing import Self

from tabard.ground.errors import CallerError, ProductError

_MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class ClaimFault:
    """One thing wrong: in which file, at which key, what was expected, what stands there."""

    file: str
    key: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.file} {self.key}: expected {self.expected}, got {self.got}"


class BadClaims(ProductError):  # noqa: N818  says what the file is
    """Claims that cannot be read; `faults` holds every fault found, not the first alone."""

    faults: tuple[ClaimFault, ...] = ()

    @classmethod
    def of(cls, file: str, faults: tuple[ClaimFault, ...]) -> Self:
        """The error that tells all of these."""
        many = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        more = (f"  and {len(faults) - _MOST_TOLD} more",) if len(faults) > _MOST_TOLD else ()
        error = cls(
            "\n".join((f"the claims have {many}", *(f"  {fault}" for fault in faults[:_MOST_TOLD]), *more)),
            where=file,
            remedy="mend what is listed; what a claim may say is in docs/look-up/frameworks.md",
        )
        error.faults = faults
        return error


class BadEvidence(CallerError):  # noqa: N818  says what the item is
    """An item of evidence that does not say what its kind must say."""


class BadLedger(CallerError):  # noqa: N818  says what the ledger is
    """Something that cannot be added to the ledger, or a ledger that was changed after it was written."""
