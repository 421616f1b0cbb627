"""What Prometheus may read of a hospital: only with the hospital's token, and nothing of any patient."""

from collections.abc import Callable
from hmac import compare_digest

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/metrics"
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics(read: Callable[[], bytes], token: str) -> ASGIApp:
    """Answers what `read` gives to whoever shows the bearer token; it is called in a thread."""
    known = f"Bearer {token}".encode()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await (await _answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return PlainTextResponse("GET, please.", 405, {"Allow": "GET, HEAD"})
        if not compare_digest(request.headers.get("authorization", "").encode(), known):
            told = "The token in metrics.token of the hospital's folder is asked for, as a bearer token."
            return PlainTextResponse(told, 401, {"WWW-Authenticate": "Bearer"})
        return Response(await run_in_threadpool(read), 200, {"Cache-Control": "no-store"}, _TYPE)

    return answer
