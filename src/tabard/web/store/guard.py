"""Who may see a page or act: anybody, or an assessor in office who is signed in and sent one of our own forms."""

import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.accounts import Session
from tabard.decision import Accreditor
from tabard.ground.errors import TabardError
from tabard.store import NotYours
from tabard.web.design.forms import LIMIT_BYTES, MOST_FIELDS, read_form
from tabard.web.store.counter import Counter
from tabard.web.store.faults import fault_page
from tabard.web.store.frame import Frame, framed

Endpoint = Callable[[Request], Awaitable[Response]]
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of anybody; `session` where somebody is signed in."""

    request: Request
    session: Session | None
    frame: Frame


@dataclass(frozen=True, slots=True)
class Judging:
    """One request of an assessor in office. `form` is empty for a page."""

    request: Request
    session: Session
    frame: Frame
    who: Accreditor
    form: Mapping[str, str]


def open_page(counter: Counter, answer: Callable[[Counter, Asked], Response]) -> Endpoint:
    """An endpoint that shows a page to anybody."""

    def shown(request: Request) -> Response:
        session = counter.desk.find(request)
        return answer(counter, Asked(request, session, framed(counter, request.url.path, session)))

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(bordered, counter, shown, request)

    return endpoint


def judging_page(counter: Counter, answer: Callable[[Counter, Judging], Response]) -> Endpoint:
    """An endpoint that shows a page to assessors."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(bordered, counter, lambda asked: _judged(counter, answer, asked, None), request)

    return endpoint


def judging_action(
    counter: Counter,
    answer: Callable[[Counter, Judging], Response],
    limit_bytes: int = LIMIT_BYTES,
    most_fields: int = MOST_FIELDS,
) -> Endpoint:
    """An endpoint that acts on a form that an assessor posts, of no more bytes and fields than these."""

    async def endpoint(request: Request) -> Response:
        try:
            form = await read_form(request, limit_bytes, most_fields)
        except TabardError as error:
            return fault_page(counter, error)
        return await run_in_threadpool(bordered, counter, lambda asked: _judged(counter, answer, asked, form), request)

    return endpoint


def bordered(counter: Counter, answer: Callable[[Request], Response], request: Request) -> Response:
    """The answer, or a page about what went wrong: nobody is shown a stack, and no text of an error is logged."""
    try:
        return answer(request)
    except TabardError as error:
        return fault_page(counter, error)
    except Exception as error:  # noqa: BLE001  the last border
        at = traceback.extract_tb(error.__traceback__)[-1]
        _log.error("page_failed", error=type(error).__name__, file=at.filename, line=at.lineno)
        return fault_page(counter, error)


def _judged(
    counter: Counter,
    answer: Callable[[Counter, Judging], Response],
    request: Request,
    form: Mapping[str, str] | None,
) -> Response:
    session = counter.desk.find(request)
    if session is None:
        back = request.url.path if request.method == "GET" else "/cases"
        return RedirectResponse(f"/sign-in?next={quote(back, safe='')}", 303)
    who = counter.store.assessors.of_account(session.account)
    if who is None:
        raise NotYours(
            "this account is no assessor's who is in office",
            remedy="ask whoever runs this store to enrol you: tabard store enrol-assessor",
        )
    if form is not None and not counter.desk.is_our_own(request, session.id, form):
        raise NotYours(
            "the page that you sent was too old, or not ours", remedy="go back, load the page again and try again"
        )
    return answer(counter, Judging(request, session, framed(counter, request.url.path, session), who, form or {}))
