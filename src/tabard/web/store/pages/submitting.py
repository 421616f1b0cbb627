"""Submitting a product by a page, and the page that tells a submitter how far it is."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tabard.accreditation import Status
from tabard.ground.errors import CallerError
from tabard.store import LARGEST_PACKAGE_BYTES, LARGEST_RELEASE_BYTES
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.faults import fault_page
from tabard.web.store.guard import Asked, bordered
from tabard.web.store.render import page
from tabard.web.store.words import all_findings, status_words

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


def show(counter: Counter, asked: Asked) -> Response:
    """How far a submission is; whoever knows the address may look. Raises NotFound."""
    detail = counter.store.case(asked.request.path_params["case"])
    case, row = detail.case, detail.row
    word, colour = status_words(row.status, row.outcome)
    return page(
        "submission.html",
        frame=asked.frame,
        row={
            "product": row.name,
            "version": row.version,
            "status": word,
            "colour": colour,
            "next_step": row.next_step,
        },
        is_moving=case.status in (Status.submitted, Status.checking),
        progress=detail.progress,
        refused=" ".join(detail.decision.grounds) if detail.decision and case.status is Status.published else "",
        questions=case.questions,
        findings=all_findings(case),
        happened=[{"at": when(one.at), "words": f"{one.kind}: {one.words}"} for one in detail.happened],
        sha256=case.package_sha256,
    )


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
