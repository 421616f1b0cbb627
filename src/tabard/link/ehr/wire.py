"""One exchange with an HTTP server: bounded in time and size, nothing compressed.

Straight over httpx's transport: no redirect is followed and no cookie kept, for there is nothing here that would.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

import httpx

from tabard.link.ehr.errors import BadAnswer, EhrError, TooSlow, Unreachable
from tabard.link.ehr.pace import Budget

LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
_CONNECT_S = 2.0
_KEEP_S = 30
_ALWAYS = {"accept-encoding": "identity", "user-agent": "tabard"}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Raw(NamedTuple):
    """An answer as it came; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """Connections to one server and its token endpoint, kept open. Safe from any thread."""

    def __init__(self, concurrency: int, transport: httpx.BaseTransport | None = None) -> None:
        limits = httpx.Limits(max_connections=concurrency + 2, keepalive_expiry=_KEEP_S)
        self._transport = transport or httpx.HTTPTransport(trust_env=False, limits=limits)

    def exchange(
        self,
        method: str,
        url: str,
        budget: Budget,
        *,
        headers: Mapping[str, str],
        params: tuple[tuple[str, str], ...] = (),
        content: bytes | None = None,
    ) -> Raw:
        """Send, and take the whole answer. Raises TooSlow, Unreachable, BadAnswer."""
        left = budget.left()
        if left <= 0:
            raise _too_slow(is_sent=False)
        timeout = {"connect": min(_CONNECT_S, left), "read": left, "write": left, "pool": left}
        try:
            request = httpx.Request(
                method,
                f"{url}?{urlencode(params)}" if params else url,
                headers={**_ALWAYS, **headers},
                content=content,
                extensions={"timeout": timeout},
            )
            response = self._transport.handle_request(request)
            try:
                body = _whole(response, budget)
            finally:
                response.close()
        except httpx.TimeoutException as fault:
            raise _too_slow(is_sent=not isinstance(fault, _NOT_SENT)) from fault
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise _broken(fault) from fault
        return Raw(response.status_code, response.headers, body)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()


def _whole(response: httpx.Response, budget: Budget) -> bytes:
    """All of the body. An answer that drips is ended by the request's own time, not only by each wait for a part."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise BadAnswer("The record system answered compressed, which was not asked for.")
    parts, size = [], 0
    for part in response.iter_raw():
        size += len(part)
        if size > LARGEST_ANSWER_BYTES:
            raise BadAnswer("The record system's answer is larger than any page of a chart.")
        if budget.left() <= 0:
            raise _too_slow(is_sent=True)
        parts.append(part)
    return b"".join(parts)


def _too_slow(*, is_sent: bool) -> EhrError:
    return TooSlow("The record system did not answer in time.", is_sent=is_sent)


def _broken(fault: Exception) -> EhrError:
    message = "The record system cannot be reached, or the connection broke."
    return Unreachable(message, is_sent=not isinstance(fault, _NOT_SENT), got=type(fault).__name__)
