"""Products' pages, each product on an origin of its own: `<product>.localhost:PORT`.

A product may load what its manifest asks for and no more. Of an accredited product no byte is served that is other than the
accredited one; of a stopped product none at all: its origin says why. No product has a service worker: it would go on
answering in the browser after a recall.
"""

from pathlib import Path, PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tabard.hospital import Install, Installs, files_changed
from tabard.product import Manifest, policy_of
from tabard.web.design.files import serve
from tabard.web.design.headers import WithHeaders, csp
from tabard.web.hospital.hosts import label_of
from tabard.web.hospital.render import page
from tabard.web.hospital.views.products import stopped

_STYLES = ".tabard/stopped.css"
"""Ours, on a product's origin; no file of a package can have this name."""

_STOPPED_POLICY = csp(style_src="'self'")
_NOTHING_POLICY = csp()
_ASSETS = Path(__file__).parent / "assets"
_NOT_FOUND, _FORBIDDEN = 404, 403
_WORKER = "service-worker"
"""The header by which a browser says that it asks for a service worker's script. Source: W3C Service Workers, 4.3."""


def product_files(installs: Installs, base_url: str) -> ASGIApp:
    """An application that serves the files of the product whose label the request's Host begins with."""

    def answer(request: Request, path: str) -> ASGIApp:
        install = installs.find(label_of(request.headers.get("host", ""), base_url))
        if install is None:
            told = PlainTextResponse("No such product is installed at this hospital.", _NOT_FOUND)
            return WithHeaders(told, _NOTHING_POLICY)
        if not install.is_active:
            return _stopped(request, install, path, base_url)
        name = PurePosixPath(path.lstrip("/") or "index.html").as_posix()
        if _WORKER in request.headers or not (install.is_trial or name in install.files):
            return WithHeaders(PlainTextResponse("There is no such file in this product.", _NOT_FOUND), _NOTHING_POLICY)
        response = serve(request, install.folder, name)
        fault = _fault(install, name, response)
        if fault is None:
            return WithHeaders(response, _policy(install, base_url))
        installs.stop(install, files_changed(fault))
        return _stopped(request, installs.get(install.id), path, base_url)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        told = await run_in_threadpool(answer, Request(scope, receive), scope["path"])
        await told(scope, receive, send)

    return application


def _stopped(request: Request, install: Install, path: str, base_url: str) -> ASGIApp:
    """Why it is stopped, at every address of the product."""
    if path.lstrip("/") == _STYLES:
        return WithHeaders(serve(request, _ASSETS, "stopped.css"), _STOPPED_POLICY)
    values = {"product": stopped(install), "styles": f"/{_STYLES}", "portal": base_url}
    return WithHeaders(page("product_stopped.html", _FORBIDDEN, **values), _STOPPED_POLICY)


def _policy(install: Install, base_url: str) -> str:
    """Without a manifest (an earlier Tabard kept none) the strictest."""
    bare = Manifest(install.id, install.name, install.version, install.publisher, ())
    return "; ".join(f"{name} {value}" for name, value in policy_of(install.manifest or bare, base_url).items())


def _fault(install: Install, name: str, response: Response) -> str | None:
    """What is wrong with a file of an accredited product about to be served; its ETag begins its digest."""
    etag = response.headers.get("etag")
    if install.is_trial or etag is None or etag == f'"{install.files[name][: len(etag) - 2]}"':
        return None
    return f"{name} is other than it was"
