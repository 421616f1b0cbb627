"""Pages about what went wrong: what happened, and what to do."""

from starlette.responses import Response

from tabard.ground.errors import CallerError, NotFound, PeerError, ProductError, TabardError
from tabard.store import MovedOn, NotYours
from tabard.web.store.counter import Counter
from tabard.web.store.frame import framed
from tabard.web.store.render import page

_TITLES = {
    400: "That could not be taken",
    403: "You cannot do this",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "Somebody was quicker",
    500: "Something went wrong on our side",
}
_REMEDIES = {
    400: "Go back, look at what you sent, and try again.",
    403: "Sign in as the person whose part this is.",
    404: "Look at the address, or begin again from the list of products.",
    405: "Go back and use the buttons of the page.",
    409: "Go back, load the page again, and look at what is new before you decide.",
    500: "Nothing that you did caused this. Try again; if it happens again, tell whoever runs this store what time it was.",
}


def fault_page(counter: Counter, error: Exception) -> Response:
    """The page for an error; of our own faults nothing is told but that they are ours."""
    if not isinstance(error, CallerError | PeerError | ProductError):
        return told(counter, 500)
    labels = (("Where", error.where), ("Expected", error.expected), ("Got", error.got))
    facts = tuple((label, text) for label, text in labels if text)
    return told(counter, _status(error), error.message, error.remedy or "", facts)


def told(
    counter: Counter, status: int, message: str = "", remedy: str = "", facts: tuple[tuple[str, str], ...] = ()
) -> Response:
    """A page about an HTTP status."""
    title = _TITLES.get(status, "That did not work")
    advice = remedy or _REMEDIES.get(status, _REMEDIES[400])
    frame = framed(counter, "")
    return page("fault.html", status, frame=frame, title=title, message=message, facts=facts, remedy=advice)


def _status(error: TabardError) -> int:
    match error:
        case NotFound():
            return 404
        case NotYours():
            return 403
        case MovedOn():
            return 409
        case _:
            return 400
