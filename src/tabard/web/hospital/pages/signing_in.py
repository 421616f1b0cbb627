"""Signing in and out."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.gateway.sign_in.sign_in import HOW
from tabard.ground.errors import TabardError
from tabard.web.design.desk import Turned, local
from tabard.web.design.forms import read_form
from tabard.web.hospital.faults import fault_page, told
from tabard.web.hospital.frame import bare
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.pages import provider
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page


async def form(portal: Portal, request: Request) -> Response:
    """The sign-in page."""
    wanted = local(request.query_params.get("next", "/"))
    if await run_in_threadpool(portal.desk.find, request) is not None:
        return RedirectResponse(wanted, 303)
    if portal.sign_in is not None:
        return provider.offer(portal, portal.sign_in, wanted)
    return _page(portal, request, wanted)


async def sign_in(portal: Portal, request: Request) -> Response:
    """Judge what was typed: a session begins, or the page says what is wrong."""
    if portal.sign_in is not None:
        return told(portal, 405, "Nobody signs in here by a password of Tabard's own.")
    try:
        sent = await read_form(request)
    except TabardError as error:
        return fault_page(portal, error)
    return await run_in_threadpool(_judge, portal, request, sent)


def sign_out(portal: Portal, asked: Asked) -> Response:
    """End the session, and what apps were given in this person's name for as long as they are there.

    A board left open elsewhere ends too: who has signed out must not go on looking.
    """
    voucher = asked.session.voucher
    is_provided = portal.sign_in is not None and voucher is not None and voucher.how == HOW
    hint = voucher.hint if voucher is not None else ""
    answer = provider.leave(portal, hint) if is_provided else RedirectResponse("/sign-in", 303)
    portal.desk.end(answer, asked.session)
    portal.launcher.signed_out(person_id=asked.person.id)
    return answer


def _judge(portal: Portal, request: Request, sent: dict[str, str]) -> Response:
    wanted, account = local(sent.get("next", "/")), portal.desk.judge(request, sent)
    if isinstance(account, Turned):
        return _page(portal, request, wanted, sent.get("username", "").strip(), account)
    answer = RedirectResponse(wanted, 303)
    portal.desk.begin(answer, account)
    return answer


def _page(portal: Portal, request: Request, wanted: str, username: str = "", turned: Turned | None = None) -> Response:
    visitor = portal.desk.visitor(request)
    frame, problem = bare(portal, portal.desk.form_token(visitor)), turned.problem if turned else ""
    status = turned.status if turned else 200
    answer = page("sign_in.html", status, frame=frame, wanted=wanted, username=username, problem=problem)
    portal.desk.remember(answer, visitor)
    return answer
