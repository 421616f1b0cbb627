"""Signing in and out. Before sign-in a visitor's cookie stands in for the session, so that the form is bound to this browser."""

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.accounts import TooManyTries
from tabard.ground.errors import TabardError
from tabard.ground.ids import unguessable
from tabard.web.design.forms import read_form
from tabard.web.hospital.faults import fault_page
from tabard.web.hospital.frame import bare
from tabard.web.hospital.guard import Asked, is_our_own
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page

_VISITOR = "visitor"
_STALE = "The page was open for too long. Please sign in again."
_WRONG = "The username or the password is not right."


async def form(portal: Portal, request: Request) -> Response:
    """The sign-in page."""
    wanted = _local(request.query_params.get("next", "/"))
    if await run_in_threadpool(portal.hospital.sessions.find, request.headers) is not None:
        return RedirectResponse(wanted, 303)
    return _page(portal, request, wanted)


async def sign_in(portal: Portal, request: Request) -> Response:
    """Judge what was typed: a session begins, or the page says what is wrong."""
    try:
        sent = await read_form(request)
    except TabardError as error:
        return fault_page(portal, error)
    return await run_in_threadpool(_judge, portal, request, sent)


def sign_out(portal: Portal, asked: Asked) -> Response:
    """End the session, on the server and in the browser, and what products were given in this person's name.

    A board left open elsewhere ends too: who has signed out must not go on looking.
    """
    portal.hospital.sessions.end(asked.session)
    portal.launcher.revoke(person_id=asked.person.id)
    answer = RedirectResponse("/sign-in", 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    _put_cookie(answer, portal.hospital.sessions.cookie, "", max_age=0)
    return answer


def _judge(portal: Portal, request: Request, sent: dict[str, str]) -> Response:
    hospital, wanted, username = portal.hospital, _local(sent.get("next", "/")), sent.get("username", "").strip()
    visitor = hospital.seals.open(_VISITOR, request.cookies.get(_cookie(portal), ""))
    if visitor is None or not is_our_own(portal, request, visitor, sent):
        return _page(portal, request, wanted, username, _STALE, 403)
    place = request.client.host if request.client else ""
    try:
        hospital.throttle.take(username, place)
    except TooManyTries as fault:
        return _page(
            portal, request, wanted, username, f"Too many wrong tries. Wait {_told(fault.wait_s)}, then try again.", 429
        )
    account = hospital.accounts.check(username, sent.get("password", ""))
    if account is None:
        return _page(portal, request, wanted, username, _WRONG, 403)
    hospital.throttle.forgive(username, place)
    answer = RedirectResponse(wanted, 303)
    _put_cookie(answer, hospital.sessions.cookie, hospital.sessions.begin(account))
    return answer


def _page(
    portal: Portal, request: Request, wanted: str, username: str = "", problem: str = "", status: int = 200
) -> Response:
    hospital = portal.hospital
    visitor = hospital.seals.open(_VISITOR, request.cookies.get(_cookie(portal), "")) or unguessable()
    token = hospital.sessions.form_token(visitor)
    answer = page("sign_in.html", status, frame=bare(portal, token), wanted=wanted, username=username, problem=problem)
    _put_cookie(answer, _cookie(portal), hospital.seals.close(_VISITOR, visitor))
    return answer


def _cookie(portal: Portal) -> str:
    return f"{portal.hospital.sessions.cookie}-visitor"


def _put_cookie(answer: Response, name: str, value: str, max_age: int | None = None) -> None:
    """A cookie of this host alone, for this browser session. Source: RFC 6265bis, `__Host-`."""
    answer.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="lax")


def _local(wanted: str) -> str:
    """Where to go after sign-in, when it is a place of ours; else home."""
    url = urlsplit(wanted)
    is_ours = not url.scheme and not url.netloc and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_ours and wanted.isprintable() else "/"


def _told(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"  # noqa: PLR2004  two minutes
