"""Headers that every answer of an application carries, whatever else went wrong."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def csp(**directives: str) -> str:
    """A Content-Security-Policy from its directives, `_` for `-`; what is not named is denied."""
    told = {"default_src": "'none'", "base_uri": "'none'", "frame_ancestors": "'none'", **directives}
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in told.items())


class WithHeaders:
    """An application whose every answer carries ALWAYS and a policy (its own, or this one), and is not cached unless it says so."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(ALWAYS)
                headers.setdefault("Content-Security-Policy", self._policy)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, sending)
