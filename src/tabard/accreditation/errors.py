"""What can be wrong in this room. A verdict is a value and never one of these."""

from dataclasses import dataclass
from typing import Self

from tabard.ground.errors import CallerError, ProductError


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
        told = "; ".join(f"{one.where}: expected {one.expected}, got {one.got}" for one in faults)
        error = cls("the hazard log cannot be read", got=told, remedy="mend what is listed")
        error.faults = faults
        return error


class NotNow(CallerError):  # noqa: N818  says what the caller asked
    """This step cannot be taken with this case as it stands."""


class BadReview(CallerError):  # noqa: N818  says what the input is
    """A review that cannot stand in the place of a finding."""


class Barred(CallerError):  # noqa: N818  says how the caller stands
    """This person may not judge this case: not taken on, of the maker's house, a conflict of interest, or their own refusal."""


class BadSignature(CallerError):  # noqa: N818  says what the input is
    """A signature that cannot be added to a case."""
