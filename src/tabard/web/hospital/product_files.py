"""Products' pages, each product on an origin of its own: `<product>.localhost:PORT`."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tabard.hospital import Installs
from tabard.web.design.files import serve
from tabard.web.design.headers import WithHeaders, csp
from tabard.web.hospital.hosts import label_of


def product_files(installs: Installs, base_url: str) -> ASGIApp:
    """An application that serves the files of the product whose label the request's Host begins with.

    A product's pages may load only what is of their own origin, and talk besides only to the gateway.
    """
    own = "'self'"
    policy = csp(
        script_src=own,
        style_src=own,
        img_src=own,
        font_src=own,
        manifest_src=own,
        connect_src=f"{own} {base_url}",
        form_action=own,
    )

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        install = await run_in_threadpool(installs.find, label_of(request.headers.get("host", ""), base_url))
        if install is None:
            await PlainTextResponse("No such product is installed at this hospital.", 404)(scope, receive, send)
            return
        response = await run_in_threadpool(serve, request, install.folder, scope["path"])
        await response(scope, receive, send)

    return WithHeaders(answer, policy)
