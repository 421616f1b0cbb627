"""Who may see a page: signed in, in a role that opens its area; and for a form, sent by one of our own pages."""

import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.accounts import Session
from tabard.gateway import Person
from tabard.ground.errors import TabardError
from tabard.hospital import Area, areas_of, person
from tabard.web.design.forms import LIMIT_BYTES, MOST_FIELDS, read_form
from tabard.web.hospital.faults import Forbidden, fault_page
from tabard.web.hospital.frame import Frame, framed
from tabard.web.hospital.looking import Looking
from tabard.web.hospital.portal import Portal

Endpoint = Callable[[Request], Awaitable[Response]]
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of somebody signed in. `form` is empty for a page."""

    request: Request
    session: Session
    frame: Frame
    form: Mapping[str, str]

    @property
    def person(self) -> Person:
        """Who asks, and in which session, known by a digest alone."""
        return replace(person(self.session.account), session=sha256(self.session.id.encode()).hexdigest())

    @property
    def may_audit(self) -> bool:
        """Whether the audit is open to them."""
        return Area.audit in areas_of(self.person.roles)

    def looking(self, portal: Portal, purpose: str) -> Looking:
        """The door, for this person."""
        return Looking(portal.records, self.person, purpose)


Answer = Callable[[Portal, Asked], Response]


def page(portal: Portal, area: Area | None, answer: Answer) -> Endpoint:
    """An endpoint that shows a page to those whom `area` is open to (None: everybody signed in)."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_guarded, portal, area, answer, request, None)

    return endpoint


def action(
    portal: Portal,
    area: Area | None,
    answer: Answer,
    limit_bytes: int = LIMIT_BYTES,
    most_fields: int = MOST_FIELDS,
) -> Endpoint:
    """An endpoint that acts on a posted form of at most `limit_bytes` and `most_fields`."""

    async def endpoint(request: Request) -> Response:
        try:
            form = await read_form(request, limit_bytes, most_fields)
        except TabardError as error:
            return fault_page(portal, error)
        return await run_in_threadpool(_guarded, portal, area, answer, request, form)

    return endpoint


def _guarded(
    portal: Portal, area: Area | None, answer: Answer, request: Request, form: Mapping[str, str] | None
) -> Response:
    """The answer, or a page about what went wrong: nobody is shown a stack, and no text of an error is logged."""
    try:
        session = portal.desk.find(request)
        if session is None:
            return _to_sign_in(request)
        _check(portal, area, request, session, form)
        return answer(portal, Asked(request, session, framed(portal, session, request.url.path), form or {}))
    except TabardError as error:
        return fault_page(portal, error)
    except Exception as error:  # noqa: BLE001  the last border
        at = traceback.extract_tb(error.__traceback__)[-1]
        _log.error("page_failed", page=answer.__name__, error=type(error).__name__, file=at.filename, line=at.lineno)
        return fault_page(portal, error)


def _check(
    portal: Portal, area: Area | None, request: Request, session: Session, form: Mapping[str, str] | None
) -> None:
    """Raises Forbidden where the person's roles do not open the area, or the form is none of ours."""
    if area is not None and area not in areas_of(person(session.account).roles):
        raise Forbidden(
            "Your account does not open this part of the portal.",
            remedy="If your work needs it, ask whoever runs Tabard at this hospital.",
        )
    if form is not None and not portal.desk.is_our_own(request, session.id, form):
        raise Forbidden(
            "The page that you sent was too old, or not ours.", remedy="Go back, load the page again and try again."
        )


def _to_sign_in(request: Request) -> Response:
    """Sign in first, then come back: to a page; what a form would have done is not done."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = wanted if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={quote(back, safe='')}", 303)
