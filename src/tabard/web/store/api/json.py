"""JSON answers: never kept by a cache on the way, never taken for anything but JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def answer(told: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The value as a JSON answer."""
    content = msgspec.json.encode(told) + b"\n"
    return Response(content, status, {**_HEADERS, **(headers or {})}, "application/json")
