"""Submitting a product by a page."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.ground.errors import CallerError
from tabard.store import LARGEST_PACKAGE_BYTES, LARGEST_RELEASE_BYTES
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
                return RedirectResponse(f"/submissions/{counter.store.submit(package, release).case.id}", 303)

            return await run_in_threadpool(bordered, counter, taken, request)
    except CallerError as error:
        return fault_page(counter, error)


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
