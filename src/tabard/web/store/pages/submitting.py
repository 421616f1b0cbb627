"""Submitting a product by a page."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.ground.errors import CallerError
from tabard.store import LARGEST_PACKAGE_BYTES, LARGEST_RELEASE_BYTES, Submission
from tabard.web.store.api.views import address
from tabard.web.store.counter import Counter
from tabard.web.store.faults import fault_page
from tabard.web.store.guard import Asked, bordered
from tabard.web.store.render import page

_OVERHEAD_BYTES = 16 * 1024


def form(counter: Counter, asked: Asked) -> Response:
    """How to submit, and a form to do it here."""
    return page("submit.html", frame=asked.frame, base=counter.base_url)


async def submit(counter: Counter, request: Request) -> Response:
    """Take the two files; the answer leads to the submission's own page. The release's signature says who sends it."""
    try:
        _check_size(request)
        async with counter.intake.submission(request) as (package, release):

            def taken(_request: Request) -> Response:
                return _taken(counter.store.submit(package, release))

            return await run_in_threadpool(bordered, counter, taken, request)
    except CallerError as error:
        return fault_page(counter, error)


def _taken(submission: Submission) -> Response:
    """To the submission's own page; of what is public by now anybody may have sent the bytes, and they open nothing."""
    case = submission.case.id
    if not submission.secret:
        raise CallerError(
            "these bytes were submitted before, and anybody can have them by now",
            remedy=f"have the address of their page by your key: tabard product address {case}",
        )
    return RedirectResponse(address(case, submission.secret), 303)


def _check_size(request: Request) -> None:
    """Refused before a byte is read where its sender says that it is too large, or does not say how large it is."""
    told = request.headers.get("content-length", "")
    most = LARGEST_PACKAGE_BYTES + LARGEST_RELEASE_BYTES + _OVERHEAD_BYTES
    if not told.isdecimal() or int(told) > most:
        raise CallerError(
            "this is too large, or its size is not told",
            expected=f"at most {most:,} bytes",
            got=f"{told[:12] or 'none'} bytes",
        )
