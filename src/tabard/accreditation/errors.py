"""What can be wrong in this room. A verdict is a value and never one of these."""

from dataclasses import dataclass
from typing import Self

from tabard.ground.errors import CallerError, ProductError

_MOST_TOLD = 100
"""Faults that stand in an error's words; a file of strangers can have as many as it has letters."""


class BadReport(CallerError):  # noqa: N818  says what the input is
    """A report that cannot be read."""


@dataclass(frozen=True, slots=True)
class LogFault:
    """One thing wrong with a hazard log: at which key, what was expected, what stands there."""

    where: str
    expected: str
    got: str


class BadHazardLog(ProductError):  # noqa: N818  says what the file is
    """A hazard log that cannot be read; `faults` holds every fault found."""

    faults: tuple[LogFault, ...] = ()

    @classmethod
    def of(cls, faults: tuple[LogFault, ...]) -> Self:
        """The error that tells all of these."""
        error = cls("the hazard log cannot be read", got=_told(faults), remedy="mend what is listed")
        error.faults = faults
        return error


class BadSafetyCase(ProductError):  # noqa: N818  says what the file is
    """A safety case report that cannot be read; `faults` holds every fault found."""

    faults: tuple[LogFault, ...] = ()

    @classmethod
    def of(cls, faults: tuple[LogFault, ...]) -> Self:
        """The error that tells all of these."""
        error = cls("the safety case cannot be read", got=_told(faults), remedy="mend what is listed")
        error.faults = faults
        return error


class BadApproval(ProductError):  # noqa: N818  says what the file is
    """An officer's approval that does not count."""


class NotNow(CallerError):  # noqa: N818  says what the caller asked
    """This step cannot be taken with this case as it stands."""


class BadReview(CallerError):  # noqa: N818  says what the input is
    """A review that cannot stand in the place of a finding."""


class Barred(CallerError):  # noqa: N818  says how the caller stands
    """This person may not judge this case: not taken on, of the maker's house, a conflict of interest, or their own refusal."""


class BadSignature(CallerError):  # noqa: N818  says what the input is
    """A signature that cannot be added to a case."""


def _told(faults: tuple[LogFault, ...]) -> str:
    told = "; ".join(f"{one.where}: expected {one.expected}, got {one.got}" for one in faults[:_MOST_TOLD])
    return told if len(faults) <= _MOST_TOLD else f"{told}; and {len(faults) - _MOST_TOLD} more"
