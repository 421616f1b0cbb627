"""The store over HTTP: its pages, its API, its catalogue, and the policy on all of them."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from tabard.web.design import ASSETS as DESIGN
from tabard.web.design.files import serve
from tabard.web.design.headers import WithHeaders, csp
from tabard.web.store import faults
from tabard.web.store.counter import Counter
from tabard.web.store.guard import judging_action, judging_page, open_page
from tabard.web.store.pages import (
    case,
    cases,
    criteria,
    decision,
    decisions,
    evidence,
    frameworks,
    judging,
    judging_criteria,
    listings,
    product,
    reach,
    signing_in,
    submission,
    submitting,
    widening,
)

ASSETS = Path(__file__).parent / "assets"
Simple = Callable[[Counter, Request], Awaitable[Response]]


def site(counter: Counter, others: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The store's pages, and with them `others`: its API and its catalogue's files."""
    routes = [*others, *_open_routes(counter), *_judging_routes(counter)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _fault(counter)})
    own = "'self'"
    return WithHeaders(app, csp(script_src=own, style_src=own, img_src=own, form_action=own))


def _open_routes(counter: Counter) -> list[Route]:
    return [
        Route("/", open_page(counter, listings.show)),
        Route("/products/{product}", open_page(counter, product.show)),
        Route("/products/{product}/{version}", open_page(counter, product.show)),
        Route("/decisions", open_page(counter, decisions.show)),
        Route("/decisions/{sha256}", open_page(counter, decision.show)),
        Route("/decisions/{sha256}/report", open_page(counter, decision.report)),
        Route("/decisions/{sha256}/report.pdf", open_page(counter, decision.report_pdf)),
        Route("/decisions/{sha256}/report.json", open_page(counter, decision.report_json)),
        Route("/decisions/{sha256}/statement.json", open_page(counter, decision.statement)),
        Route("/decisions/{sha256}/standings.json", open_page(counter, decision.stood)),
        Route("/decisions/{sha256}/attestation.cdx.json", open_page(counter, decision.attested)),
        Route("/submit", open_page(counter, submitting.form), methods=["GET"]),
        Route("/submit", _simple(counter, submitting.submit), methods=["POST"]),
        Route("/submissions/{case}/{secret}", open_page(counter, submission.show)),
        Route("/sign-in", _simple(counter, signing_in.form), methods=["GET"]),
        Route("/sign-in", _simple(counter, signing_in.sign_in), methods=["POST"]),
        Route("/assets/{path:path}", _asset),
    ]


def _judging_routes(counter: Counter) -> list[Route]:
    acts = {
        "/sign-out": signing_in.sign_out,
        "/cases/{case}/reviews": judging.review,
        "/cases/{case}/drafts": judging.draft,
        "/cases/{case}/signatures": judging.sign,
        "/cases/{case}/assignments": judging.assign,
        "/cases/{case}/questions": judging.refer_back,
        "/cases/{case}/refusals": judging.refuse,
        "/cases/{case}/rechecks": judging.recheck,
        "/cases/{case}/reopenings": judging.reopen,
        "/cases/{case}/conditions": judging.add_condition,
        "/cases/{case}/conditions/dropped": judging.drop_condition,
        "/cases/{case}/conditions/met": judging.meet,
        "/cases/{case}/widenings/dropped": widening.drop,
        "/cases/{case}/suspensions": judging.suspend,
        "/cases/{case}/reinstatements": judging.reinstate,
    }
    word = judging_action(counter, judging_criteria.judge, judging_criteria.LIMIT_BYTES, judging_criteria.MOST_FIELDS)
    wider = judging_action(counter, widening.draft, widening.LIMIT_BYTES, widening.MOST_FIELDS)
    return [
        Route("/cases/{case}/widenings", wider, methods=["POST"]),
        Route("/cases/{case}/judgements", word, methods=["POST"]),
        Route("/cases", judging_page(counter, cases.show)),
        Route("/cases/{case}", judging_page(counter, case.show)),
        Route("/cases/{case}/criteria", judging_page(counter, criteria.show)),
        Route("/cases/{case}/widening", judging_page(counter, widening.show)),
        Route("/cases/{case}/submission", judging_page(counter, submission.show_assessor)),
        Route("/evidence/{organisation}", judging_page(counter, evidence.show)),
        Route("/evidence/{organisation}/{sha256}", judging_page(counter, evidence.download)),
        Route("/frameworks", judging_page(counter, frameworks.show)),
        Route("/reach", judging_page(counter, reach.show)),
        *(Route(path, judging_action(counter, act), methods=["POST"]) for path, act in acts.items()),
    ]


def _asset(request: Request) -> Response:
    """A file of the store's own, or of the design that both applications share."""
    path = request.path_params["path"]
    return serve(request, ASSETS if (ASSETS / path).is_file() else DESIGN, path)


def _simple(counter: Counter, answer: Simple) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(counter, request)

    return endpoint


def _fault(counter: Counter) -> Callable[[Request, Exception], Response]:
    def handler(_request: Request, error: Exception) -> Response:
        return faults.told(counter, error.status_code if isinstance(error, HTTPException) else 500)

    return handler
