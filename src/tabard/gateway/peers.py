"""What a failure of the record system, or a doubt about whose chart it holds, is to the caller: a status and a sentence.

Source: RFC 9110 15.5.10 (409), 15.6.3 to 15.6.5 (502, 503, 504); FHIR R4, IssueType.
"""

from tabard.database import DatabaseAway
from tabard.gateway.errors import Refused, bad_request
from tabard.ground.errors import CallerError, PeerError
from tabard.link import Busy, Doubtful, EhrError, TooSlow, Unsupported


def refused_search(error: CallerError) -> Refused:
    """What the caller's own input, or a doubt about the patient, comes to: nothing is shown."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Doubtful):
        return Refused(409, "conflict", error.doubt.value, error.message, remedy=error.remedy)
    if isinstance(error, Unsupported):
        return Refused(400, "not-supported", "unsupported_there", _told(error))
    return bad_request("search", _told(error))


def failed_peer(error: PeerError) -> Refused:
    """What a failure of the record system, or of the record's own database, comes to: nothing is shown, and trying again may help."""
    if isinstance(error, DatabaseAway):
        return Refused(
            503, "transient", "record_away", "The record does not answer now.", remedy="Try again in a minute."
        )
    reason = error.reason if isinstance(error, EhrError) else type(error).__name__
    status = 503 if isinstance(error, Busy) else 504 if isinstance(error, TooSlow) else 502
    return Refused(status, "transient", reason, error.message, remedy=error.remedy)


def _told(error: CallerError) -> str:
    return "; ".join(filter(None, (error.where, error.message, error.remedy)))
