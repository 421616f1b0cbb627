"""The thin edge to ASGI: bounded input, whole answers. No framework stands between a request and its check."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from tabard.gateway.errors import Refused, bad_request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

QUERY_LIMIT_BYTES = 8 * 1024
BODY_LIMIT_BYTES = 64 * 1024
PARAMETER_LIMIT = 64
FORM = "application/x-www-form-urlencoded"

NO_STORE: tuple[Header, ...] = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (
        b"access-control-allow-headers",
        b"Authorization, Accept, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, Tabard-Egress-Authorization",
    ),
    (b"access-control-max-age", b"600"),
)
_WITHOUT_A_BODY = frozenset({204, 304})


class Answer(NamedTuple):
    """A whole HTTP answer; header names in lower case, content-length added when sent."""

    status: int
    headers: tuple[Header, ...]
    body: bytes = b""


async def send_answer(send: Send, answer: Answer, *, is_head: bool = False) -> None:
    """Send all of it, or for HEAD all but the body."""
    status, headers, body = answer
    if status not in _WITHOUT_A_BODY:
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body})


def preflight() -> Answer:
    """The answer to a CORS preflight. It allows asking; the real answer says which origin may read it."""
    return Answer(204, _PREFLIGHT)


async def read_body(receive: Receive, limit_bytes: int = BODY_LIMIT_BYTES) -> bytes:
    """The body, no longer than `limit_bytes`. Raises Refused (413); 400 where the caller went away."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise bad_request("disconnected", "The request broke off.")
        body += message.get("body", b"")
        if len(body) > limit_bytes:
            raise Refused(413, "too-long", "body_too_long", f"A body may hold {limit_bytes} bytes here.")
        if not message.get("more_body", False):
            return bytes(body)


def parameters_of(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Names and values of a query or form, in order. Raises Refused for too long, too many or not UTF-8."""
    if not raw:
        return ()
    if len(raw) > QUERY_LIMIT_BYTES:
        raise Refused(414, "too-long", "query_too_long", f"Parameters may hold {QUERY_LIMIT_BYTES} bytes here.")
    try:
        return tuple(
            parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=PARAMETER_LIMIT)
        )
    except ValueError as error:
        raise bad_request(
            "parameters",
            "These parameters cannot be read.",
            remedy=f"Send at most {PARAMETER_LIMIT}, percent-encoded UTF-8.",
        ) from error


def headers_of(scope: Scope) -> Mapping[str, str]:
    """The request's headers, names in lower case; a repeated one is joined by a comma, cookies by a semicolon."""
    found: dict[str, str] = {}
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joiner = "; " if name == "cookie" else ", "
        found[name] = f"{found[name]}{joiner}{value}" if name in found else value
    return found


def picked(scope: Scope, wanted: frozenset[bytes]) -> dict[bytes, str]:
    """The `wanted` headers alone, each as first sent: all that the hot path needs."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in wanted:
            found.setdefault(name, value.decode("latin-1"))
    return found


def is_form(content_type: str | None) -> bool:
    """Whether a body of this type is a form."""
    return content_type is not None and content_type.split(";")[0].strip().lower() == FORM


def cors(origin: str | None) -> tuple[Header, ...]:
    """Headers that let the pages of one origin, and no other, read the answer; none where the origin is not known."""
    if origin is None:
        return ((b"vary", b"Origin"),)
    return ((b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin"))
