"""Assessors sign in and out."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.ground.errors import TabardError
from tabard.web.design.desk import Turned, local
from tabard.web.design.forms import read_form
from tabard.web.store.counter import Counter
from tabard.web.store.faults import fault_page
from tabard.web.store.frame import framed
from tabard.web.store.guard import Judging
from tabard.web.store.render import page


async def form(counter: Counter, request: Request) -> Response:
    """The sign-in page."""
    wanted = local(request.query_params.get("next", "/cases"))
    if await run_in_threadpool(counter.desk.find, request) is not None:
        return RedirectResponse(wanted, 303)
    return _page(counter, request, wanted)


async def sign_in(counter: Counter, request: Request) -> Response:
    """Judge what was typed: a session begins, or the page says what is wrong."""
    try:
        sent = await read_form(request)
    except TabardError as error:
        return fault_page(counter, error)
    return await run_in_threadpool(_judge, counter, request, sent)


def sign_out(counter: Counter, asked: Judging) -> Response:
    """End the session."""
    answer = RedirectResponse("/", 303)
    counter.desk.end(answer, asked.session)
    return answer


def _judge(counter: Counter, request: Request, sent: dict[str, str]) -> Response:
    wanted, account = local(sent.get("next", "/cases")), counter.desk.judge(request, sent)
    if isinstance(account, Turned):
        return _page(counter, request, wanted, sent.get("username", "").strip(), account)
    answer = RedirectResponse(wanted, 303)
    counter.desk.begin(answer, account)
    return answer


def _page(
    counter: Counter, request: Request, wanted: str, username: str = "", turned: Turned | None = None
) -> Response:
    visitor = counter.desk.visitor(request)
    frame = framed(counter, "/sign-in", token=counter.desk.form_token(visitor))
    problem, status = (turned.problem, turned.status) if turned else ("", 200)
    answer = page("sign_in.html", status, frame=frame, wanted=wanted, username=username, problem=problem)
    counter.desk.remember(answer, visitor)
    return answer
