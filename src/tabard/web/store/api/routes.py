"""Which address does what. Each answer is made in a thread: the store's verbs block."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tabard.ground.errors import NotFound
from tabard.ground.time import Clock, system_clock
from tabard.store import Asked, Store, Unknown
from tabard.web.store.api import criteria, views
from tabard.web.store.api.acts import JUDGING, MAKING, Judged, Made
from tabard.web.store.api.bodies import read_body
from tabard.web.store.api.evidence import evidence_routes
from tabard.web.store.api.faults import told
from tabard.web.store.api.intake import Intake
from tabard.web.store.api.json import answer
from tabard.web.store.api.rates import Rate

_READS, _SUBMISSIONS, _UNKNOWN, _RECEIPTS = 1200, 60, 60, 120


@dataclass(frozen=True, slots=True)
class Api:
    """The store, and how often it may be asked."""

    store: Store
    reads: Rate
    submissions: Rate
    unknown: Rate
    receipts: Rate
    intake: Intake


Verb = Callable[[Judged], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(store: Store, clock: Clock = system_clock) -> list[BaseRoute]:
    """The API's routes, and the catalogue's public files."""
    reads, submissions, unknown, receipts = (Rate(most, clock) for most in (_READS, _SUBMISSIONS, _UNKNOWN, _RECEIPTS))
    api = Api(store, reads, submissions, unknown, receipts, Intake())
    evidence = evidence_routes(store, reads, unknown, api.intake, clock)
    return [
        Mount(
            "/api",
            Starlette(routes=[*_routes(api), *evidence], exception_handlers={HTTPException: _no_route}),
            name="api",
        ),
        Mount("/catalogue", StaticFiles(directory=store.folder.public), name="catalogue"),
    ]


def _routes(api: Api) -> list[BaseRoute]:
    case = "/cases/{case}"
    return [
        Route("/submissions", _open(api, _submit), methods=["POST"]),
        Route("/submissions/{case}/{secret}", _open(api, _progress), methods=["GET"]),
        Route("/receipts", _open(api, _receipt), methods=["POST"]),
        Route("/cases", _signed(api, _all), methods=["GET"]),
        Route(case, _signed(api, _one), methods=["GET"]),
        Route(f"{case}/standings", _signed(api, _standings), methods=["GET"]),
        Route(f"{case}/package", _signed(api, _package), methods=["GET"]),
        *(Route(f"{case}/{name}", _signed(api, verb), methods=["POST"]) for name, verb in JUDGING.items()),
        *(
            Route(f"/submissions/{{case}}/{name}", _signed_by_maker(api, verb), methods=["POST"])
            for name, verb in MAKING.items()
        ),
        Route("/decisions", _open(api, _decisions), methods=["GET"]),
        Route("/decisions/{statement}/standings", _open(api, _stood), methods=["GET"]),
        Route("/decisions/{statement}/attestation", _open(api, _attested), methods=["GET"]),
        Route("/decisions/head", _open(api, _head), methods=["GET"]),
    ]


def _no_route(_request: Request, error: Exception) -> Response:
    """There is nothing at this address, or not by this method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = "this cannot be done here" if status == 405 else "there is nothing here"  # noqa: PLR2004  RFC 9110, 15.5.6
    return answer({"error": words, "remedy": "docs/do/run-the-store.md tells what the API has"}, status)


def _open(api: Api, act: Callable[[Api, Request], Awaitable[Response]]) -> Endpoint:
    """An endpoint for anybody."""

    async def endpoint(request: Request) -> Response:
        try:
            api.reads.take(_place(request))
            return await act(api, request)
        except Exception as error:  # noqa: BLE001  the last border
            return told(error)

    return endpoint


def _signed(api: Api, verb: Verb) -> Endpoint:
    """An endpoint for assessors, who sign each request."""

    async def endpoint(request: Request) -> Response:
        try:
            api.reads.take(_place(request))
            body = await read_body(request)
            return await run_in_threadpool(_judged, api, verb, request, body)
        except Exception as error:  # noqa: BLE001  the last border
            return told(error)

    return endpoint


def _judged(api: Api, verb: Verb, request: Request, body: bytes) -> Response:
    try:
        who = api.store.assessors.who_asks(request.headers.get("authorization", ""), _asked(api, request, body))
    except Unknown:
        api.unknown.take(_place(request))
        raise
    return verb(Judged(api.store, who, request.path_params.get("case", ""), body))


def _signed_by_maker(api: Api, verb: Callable[[Made], Response]) -> Endpoint:
    """An endpoint for the publisher of a case, who signs each request with a key that may release."""

    def made(request: Request, body: bytes) -> Response:
        case_id = request.path_params["case"]
        try:
            by = api.store.maker_asks(request.headers.get("authorization", ""), _asked(api, request, body), case_id)
        except Unknown:
            api.unknown.take(_place(request))
            raise
        return verb(Made(api.store, by, case_id, body))

    async def endpoint(request: Request) -> Response:
        try:
            api.reads.take(_place(request))
            body = await read_body(request)
            return await run_in_threadpool(made, request, body)
        except Exception as error:  # noqa: BLE001  the last border
            return told(error)

    return endpoint


def _asked(api: Api, request: Request, body: bytes) -> Asked:
    query = request.url.query
    path = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return Asked(api.store.settings.base_url, request.method, path, body)


def _place(request: Request) -> str:
    return request.client.host if request.client else ""


async def _submit(api: Api, request: Request) -> Response:
    api.submissions.take(_place(request))
    async with api.intake.submission(request) as (package, release):
        is_draft = request.query_params.get("draft") == "true"
        submission = await run_in_threadpool(partial(api.store.submit, package, release, is_draft=is_draft))
    told = views.submitted(submission)
    return answer(told, 202, {"Location": f"/api{told['address']}"} if told["address"] else {})


async def _receipt(api: Api, request: Request) -> Response:
    """A site's signed word; nothing of what is known is told back."""
    api.receipts.take(_place(request))
    body = await read_body(request)
    receipt = await run_in_threadpool(api.store.sites.receive, body)
    return answer({"number": receipt.number}, 202)


async def _progress(api: Api, request: Request) -> Response:
    """How far a submission is, for who has its address; for anybody else there is none."""
    case, secret = request.path_params["case"], request.path_params["secret"]
    await run_in_threadpool(api.store.addresses.check, case, secret)
    return answer(views.progress(await run_in_threadpool(api.store.own_case, case)))


async def _decisions(api: Api, _request: Request) -> Response:
    """The decision log, which anybody may read and hold against the head that the catalogue signs."""
    entries = await run_in_threadpool(api.store.decisions)
    raw = b"[" + b",".join(one.to_bytes() for one in entries) + b"]"
    return Response(raw, 200, {"Cache-Control": "no-cache"}, "application/json")


async def _stood(api: Api, request: Request) -> Response:
    """How each criterion stood, byte for byte as the decision of that statement pins it."""
    raw = await run_in_threadpool(api.store.documents.standings, request.path_params["statement"])
    return Response(raw, 200, {"Cache-Control": "no-cache"}, "application/json")


async def _attested(api: Api, request: Request) -> Response:
    """The same as CycloneDX attestations."""
    raw = await run_in_threadpool(api.store.documents.attestation, request.path_params["statement"])
    return Response(raw, 200, {"Cache-Control": "no-cache"}, "application/vnd.cyclonedx+json")


async def _head(api: Api, _request: Request) -> Response:
    """The head of the log as the catalogue signs it: its target `decisions/head.json`."""
    raw = await run_in_threadpool(api.store.publishing.head)
    if raw is None:
        raise NotFound("no decision is published yet", remedy="ask again once one is")
    return Response(raw, 200, {"Cache-Control": "no-cache"}, "application/json")


def _all(judged: Judged) -> Response:
    return answer({"cases": [views.row(one) for one in judged.store.cases()]})


def _one(judged: Judged) -> Response:
    return answer(views.whole(judged.store.case(judged.case_id)))


def _standings(judged: Judged) -> Response:
    return answer(criteria.standings(judged.store, judged.who, judged.case_id))


def _package(judged: Judged) -> Response:
    sha256 = judged.store.case(judged.case_id).case.package_sha256
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{sha256}.tabard"'}
    return Response(judged.store.package(sha256), 200, headers, "application/octet-stream")
