"""What can be wrong in this room. A verdict is a value and never one of these."""

from tabard.ground.errors import CallerError, ProductError
from tabard.ground.faults import FaultyFile


class BadReport(CallerError):  # noqa: N818  says what the input is
    """A report that cannot be read."""


class BadHazardLog(FaultyFile):
    """A hazard log that cannot be read."""

    called = "the hazard log"


class BadSafetyCase(FaultyFile):
    """A safety case report that cannot be read."""

    called = "the safety case"


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
