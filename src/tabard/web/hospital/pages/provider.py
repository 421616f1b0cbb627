"""Signing in and out by the hospital's own identity provider."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.audit import AuditUnavailable
from tabard.gateway.sign_in import NotSignedIn, ProviderAway, SignIn
from tabard.ground.errors import InternalError, TabardError
from tabard.web.design.desk import local
from tabard.web.hospital.arriving import arrive, attempt_cookie, before, forget_attempt, keep_attempt
from tabard.web.hospital.faults import fault_page, told
from tabard.web.hospital.frame import bare
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page

BEGIN, BACK, OUT = "/sign-in/with", "/sign-in/back", "/signed-out"
_MOST_QUERY = 8 * 1024
_AWAY = 503


def offer(portal: Portal, sign_in: SignIn, wanted: str) -> Response:
    """The page that leads to the provider."""
    return page("sign_in_provider.html", frame=bare(portal), wanted=wanted, name=sign_in.settings.name, begin=BEGIN)


async def begin(portal: Portal, request: Request) -> Response:
    """Send the browser to the provider."""
    return await run_in_threadpool(_guarded, portal, request, _begin)


async def back(portal: Portal, request: Request) -> Response:
    """Take what the provider sent back: a session begins, or the page says why none does."""
    return await run_in_threadpool(_guarded, portal, request, _back)


async def signed_out(portal: Portal, _request: Request) -> Response:
    """The page after the last step of signing out."""
    return page("signed_out.html", frame=bare(portal), address="", name="")


def leave(portal: Portal, hint: str) -> Response:
    """Signed out here; the provider's own session is ended by going there, at once where the browser does so."""
    sign_in = _of(portal)
    address = sign_in.signed_out(hint, f"{portal.hospital.settings.base_url}{OUT}")
    answer = page("signed_out.html", frame=bare(portal), address=address or "", name=sign_in.settings.name)
    if address:
        answer.headers["Refresh"] = f"0; url={address}"
    return answer


def _begin(portal: Portal, sign_in: SignIn, request: Request) -> Response:
    address, attempt = sign_in.begin(local(request.query_params.get("next", "/")))
    answer = RedirectResponse(address, 303)
    keep_attempt(portal, request, answer, attempt)
    return answer


def _back(portal: Portal, sign_in: SignIn, request: Request) -> Response:
    if len(request.url.query) > _MOST_QUERY:
        raise NotSignedIn("too_long", "What the provider sent back is not as it should be.", status=400)
    state = request.query_params.get("state", "")
    signed_in = sign_in.complete(tuple(request.query_params.multi_items()), attempt_cookie(portal, request, state))
    other = before(portal, request, signed_in.account)
    wanted = local(signed_in.wanted)
    answer: Response = RedirectResponse(wanted, 303)
    if other is not None:
        told = f"{other.account.name} was signed in here, and has been signed out with all that was open."
        answer = page(
            "changed.html", frame=bare(portal), name=signed_in.account.name, words=(told,), address=wanted, goes_to=""
        )
    arrive(portal, request, answer, signed_in.account, signed_in.voucher)
    forget_attempt(portal, answer, state)
    return answer


def _guarded(portal: Portal, request: Request, answer: Callable[[Portal, SignIn, Request], Response]) -> Response:
    """The answer, or the page that says why nobody is signed in."""
    if request.method != "GET":  # a scanner of links that asks with HEAD must use nothing up
        return told(portal, 405)
    try:
        return answer(portal, _of(portal), request)
    except NotSignedIn as fault:
        return _not(portal, fault, fault.status)
    except (ProviderAway, AuditUnavailable) as fault:
        return _not(portal, fault, _AWAY)
    except TabardError as fault:
        return fault_page(portal, fault)


def _not(portal: Portal, fault: TabardError, status: int) -> Response:
    return page("not_signed_in.html", status, frame=bare(portal), message=fault.message, remedy=fault.remedy or "")


def _of(portal: Portal) -> SignIn:
    if portal.sign_in is None:
        raise InternalError("no provider is set up")
    return portal.sign_in
