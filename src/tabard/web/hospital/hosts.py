"""Which application answers, by the Host of a request: the hospital's own, a product's, or none.

A Host that is neither is turned away, so that a foreign name made to lead here (DNS rebinding) reaches nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_GATEWAY = ("/fhir", "/auth", "/egress")
_MISDIRECTED = 421


def label_of(host: str, base_url: str) -> str:
    """The label before the hospital's own host, empty when there is none or the host is another."""
    base = urlsplit(base_url).netloc
    host = host.lower()
    label = host[: -len(base) - 1] if host.endswith(f".{base}") else ""
    return "" if "." in label else label


def site(
    portal: ASGIApp,
    gateway: ASGIApp,
    products: ASGIApp,
    base_url: str,
    others: Mapping[str, ASGIApp] = MappingProxyType({}),
) -> ASGIApp:
    """Everything that a hospital answers on one port.

    Its pages, its gateway at /fhir, /auth and /egress, its products' files, and each of the `others` below its path.
    """
    base = urlsplit(base_url).netloc
    places = {**dict.fromkeys(_GATEWAY, gateway), **others}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
        if host == base:
            first = "/" + scope["path"].removeprefix("/").partition("/")[0]
            await places.get(first, portal)(scope, receive, send)
        elif label_of(host, base_url):
            await products(scope, receive, send)
        else:
            sentence = f"This is not the address of this hospital. Go to {base_url}"
            await PlainTextResponse(sentence, _MISDIRECTED)(scope, receive, send)

    return answer


async def _live(receive: Receive, send: Send) -> None:
    """The server's start and end: whoever made the parts opens and closes them. Source: ASGI lifespan protocol 2.0."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
