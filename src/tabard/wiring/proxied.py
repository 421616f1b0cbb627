"""Behind a proxy that ends TLS: it alone is spoken to, and it alone is believed about who asks and how they came.

Source: RFC 9110, 7.6 (what intermediaries add); RFC 7239, 8.1 (such headers can be forged by anybody).
"""

from ipaddress import ip_address

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tabard.hospital import Network

_HOST, _PROTO, _FOR = b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-for"
_MISDIRECTED = 421
_NOT_BY_TLS = "Come by https."


class Proxied:
    """An application that only the `trusted` proxies reach; of their headers the last word counts, which is their own."""

    def __init__(self, app: ASGIApp, trusted: tuple[Network, ...]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request as it came to the proxy, or turn it away."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = {name: value for name, value in scope["headers"] if name in (_HOST, _PROTO, _FOR)}
        if not self._is_trusted(scope) or _last(told.get(_PROTO, b"")) != "https":
            await PlainTextResponse(_NOT_BY_TLS, _MISDIRECTED)(scope, receive, send)
            return
        await self._app(_as_it_came(scope, told), receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        try:
            return client is not None and any(ip_address(client[0]) in network for network in self._trusted)
        except ValueError:
            return False


class Unproxied:
    """An application that believes nobody about these headers: there is no proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request without what only a proxy may say."""
        if scope["type"] == "http":
            scope = {**scope, "headers": [pair for pair in scope["headers"] if not pair[0].startswith(b"x-forwarded-")]}
        await self._app(scope, receive, send)


def _as_it_came(scope: Scope, told: dict[bytes, bytes]) -> Scope:
    headers = [pair for pair in scope["headers"] if not pair[0].startswith(b"x-forwarded-")]
    host = _last(told.get(_HOST, b""))
    if host:
        headers = [(name, value) for name, value in headers if name != b"host"]
        headers.append((b"host", host.encode("latin-1")))
    came_from = _last(told.get(_FOR, b""))
    client = (came_from, 0) if came_from else scope["client"]
    return {**scope, "scheme": "https", "headers": headers, "client": client}


def _last(told: bytes) -> str:
    """The last of a list: what the proxy that is trusted added; what stands before may be anybody's."""
    return told.decode("latin-1").rpartition(",")[2].strip()
