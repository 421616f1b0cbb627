"""Pages about what went wrong: what happened, what it means for the reader, and what to do."""

from starlette.responses import Response

from tabard.database import DatabaseAway
from tabard.gateway import Refused
from tabard.ground.errors import CallerError, NotFound, PeerError, TabardError
from tabard.web.hospital.frame import bare
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page

_TITLES = {
    400: "That could not be understood",
    403: "You cannot see this",
    404: "There is nothing here",
    405: "That cannot be done here",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "Another system did not answer",
}
_REMEDIES = {
    400: "Go back, look at what you entered, and try again.",
    403: "If your work needs it, ask whoever runs Tabard at this hospital.",
    404: "Look at the address, or begin again from the home page. A patient may have left this ward or been merged: search for them.",
    405: "Go back and use the buttons of the page.",
    500: "Nothing that you did caused this. Try again; if it happens again, tell whoever runs Tabard here what time it was.",
    503: "Try again in a minute. Until then use the patient record system itself.",
}


class Forbidden(CallerError):  # noqa: N818  the word of HTTP 403
    """Known, and not permitted."""


def fault_page(portal: Portal, error: Exception) -> Response:
    """The page for an error; of our own faults nothing is told but that they are ours."""
    status = _status(error)
    # That of a database tells where it is: to those who run it, not to those who look for a patient.
    is_told = isinstance(error, CallerError | PeerError) and not isinstance(error, DatabaseAway)
    message = error.message if is_told and isinstance(error, TabardError) else ""
    remedy = error.remedy if is_told and isinstance(error, TabardError) else None
    return told(portal, status, message, remedy or "")


def told(portal: Portal, status: int, message: str = "", remedy: str = "") -> Response:
    """A page about an HTTP status."""
    title = _TITLES.get(status, "That did not work")
    advice = remedy or _REMEDIES.get(status, _REMEDIES[400])
    return page("fault.html", status, frame=bare(portal), title=title, message=message, remedy=advice)


def _status(error: Exception) -> int:
    match error:
        case Refused():
            return error.status
        case Forbidden():
            return 403
        case NotFound():
            return 404
        case CallerError():
            return 400
        case PeerError():
            return 503
        case _:
            return 500
