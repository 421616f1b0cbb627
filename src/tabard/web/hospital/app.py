"""The portal: its routes, its policy, its own files."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from tabard.hospital import Area
from tabard.web.design import ASSETS as DESIGN
from tabard.web.design.files import serve
from tabard.web.design.headers import WithHeaders, csp
from tabard.web.hospital import faults
from tabard.web.hospital.guard import action, page
from tabard.web.hospital.pages import (
    advice,
    audit,
    consent,
    dialects,
    egress,
    glass,
    home,
    launched,
    links,
    messages,
    patients,
    products,
    provider,
    signing_in,
    wards,
)
from tabard.web.hospital.portal import Portal

ASSETS = Path(__file__).parent / "assets"
Simple = Callable[[Portal, Request], Awaitable[Response]]


def pages(portal: Portal) -> ASGIApp:
    """The portal's pages as one application, for the hospital's own host."""
    app = Starlette(routes=_routes(portal), exception_handlers={HTTPException: _fault(portal)})
    return WithHeaders(app, _policy(portal.hospital.settings.base_url))


def _routes(portal: Portal) -> list[Route]:
    clinical, linked, audited = Area.patients, Area.links, Area.audit
    return [
        Route("/", page(portal, None, home.show)),
        Route("/sign-in", _simple(portal, signing_in.form), methods=["GET"]),
        Route("/sign-in", _simple(portal, signing_in.sign_in), methods=["POST"]),
        Route(provider.BEGIN, _simple(portal, provider.begin), methods=["GET"]),
        Route(provider.BACK, _simple(portal, provider.back), methods=["GET"]),
        Route(provider.OUT, _simple(portal, provider.signed_out), methods=["GET"]),
        *(
            Route(path, _simple(portal, answer), methods=["GET"])
            for path, answer in (
                (launched.LAUNCH, launched.launch),
                (launched.LAUNCH + launched.PRODUCT, launched.launch),
                (launched.BACK, launched.back),
                (launched.CONTEXT, launched.context),
                (launched.CONTEXT + launched.PRODUCT, launched.context),
            )
        ),
        Route("/sign-out", action(portal, None, signing_in.sign_out), methods=["POST"]),
        Route("/wards", page(portal, clinical, wards.show_all)),
        Route("/wards/{ward}", page(portal, clinical, wards.show_one)),
        Route("/patients", page(portal, clinical, patients.search)),
        Route("/patients/{patient}", page(portal, clinical, patients.show)),
        Route("/patients/{patient}/advice", page(portal, clinical, advice.show), methods=["GET"]),
        Route("/patients/{patient}/advice", action(portal, clinical, advice.react), methods=["POST"]),
        Route(consent.CHOOSE, page(portal, clinical, consent.who), methods=["GET"]),
        Route(consent.CHOOSE, action(portal, clinical, consent.choose), methods=["POST"]),
        Route(consent.CONSENT, page(portal, clinical, consent.what), methods=["GET"]),
        Route(
            consent.CONSENT,
            action(portal, clinical, consent.answer, most_fields=consent.MOST_FIELDS),
            methods=["POST"],
        ),
        Route("/products", page(portal, clinical, products.show)),
        Route("/products/{product}", page(portal, clinical, products.show_one)),
        Route("/products/{product}/outside", action(portal, audited, egress.decide), methods=["POST"]),
        Route("/products/{product}/launch", action(portal, clinical, products.launch), methods=["POST"]),
        Route("/links", page(portal, linked, links.show)),
        Route("/parked", page(portal, linked, links.show_parked)),
        Route("/links/{link}/dialect", page(portal, linked, dialects.show)),
        Route(
            "/links/{link}/dialect/propose",
            action(portal, linked, dialects.propose, dialects.TEXT_BYTES),
            methods=["POST"],
        ),
        *(
            Route(f"/links/{{link}}/dialect/{verb}", action(portal, linked, act), methods=["POST"])
            for verb, act in dialects.ACTIONS
        ),
        Route("/messages", page(portal, linked, messages.search)),
        Route("/messages/{seq}", page(portal, linked, messages.show), methods=["GET"]),
        Route("/messages/{seq}", action(portal, linked, messages.look_inside), methods=["POST"]),
        Route("/messages/{seq}/replay", action(portal, linked, messages.replay), methods=["POST"]),
        Route("/messages/{seq}/release", action(portal, linked, messages.release), methods=["POST"]),
        Route("/messages/{seq}/settle", action(portal, linked, messages.settle), methods=["POST"]),
        Route("/messages/{seq}/park", action(portal, linked, messages.park), methods=["POST"]),
        Route("/patients/{patient}/break-glass", page(portal, clinical, glass.form), methods=["GET"]),
        Route("/patients/{patient}/break-glass", action(portal, clinical, glass.begin), methods=["POST"]),
        Route("/audit/broken-glass", page(portal, audited, glass.listed)),
        Route("/audit/broken-glass/{break}", action(portal, audited, glass.review), methods=["POST"]),
        Route("/audit", page(portal, audited, audit.show)),
        Route("/audit.csv", page(portal, audited, audit.table)),
        Route("/assets/{path:path}", _asset),
    ]


def _policy(base_url: str) -> str:
    """Only our own files; forms go to ourselves, and by the redirect of a launch to the products' origins."""
    base, own = urlsplit(base_url), "'self'"
    return csp(
        script_src=own,
        style_src=own,
        img_src=own,
        connect_src=own,
        form_action=f"{own} {base.scheme}://*.{base.netloc}",
    )


def _asset(request: Request) -> Response:
    """A file of the portal's own, or of the design that both applications share."""
    path = request.path_params["path"]
    return serve(request, ASSETS if (ASSETS / path).is_file() else DESIGN, path)


def _simple(portal: Portal, answer: Simple) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await answer(portal, request)

    return endpoint


def _fault(portal: Portal) -> Callable[[Request, Exception], Response]:
    def handler(_request: Request, error: Exception) -> Response:
        return faults.told(portal, error.status_code if isinstance(error, HTTPException) else 500)

    return handler
