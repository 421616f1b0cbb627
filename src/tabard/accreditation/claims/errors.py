"""What can be wrong with a maker's claims, with evidence, or with the ledger that keeps it."""

from tabard.ground.errors import CallerError
from tabard.ground.faults import FaultyFile


class BadClaims(FaultyFile):
    """Claims that cannot be read."""

    called = "the claims"
    mend = "mend what is listed; what a claim may say is in docs/look-up/frameworks.md"


class BadEvidence(CallerError):  # noqa: N818  says what the item is
    """An item of evidence that does not say what its kind must say."""


class BadLedger(CallerError):  # noqa: N818  says what the ledger is
    """Something that cannot be added to the ledger, or a ledger that was changed after it was written."""
