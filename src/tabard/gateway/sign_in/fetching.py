"""Asking an identity provider: bounded in time and size, no redirect followed, no cookie kept."""

import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec

from tabard.gateway.sign_in.errors import ProviderAway
from tabard.gateway.sign_in.settings import is_safe

LARGEST_BYTES = 256 * 1024
_ALL_S, _CONNECT_S = 8.0, 3.0
_OK = 200


class Fetch:
    """A way to ask. Blocking; safe from any thread. `authority` is a file of certificates to believe besides none."""

    def __init__(self, authority: Path | None = None, transport: httpx.BaseTransport | None = None) -> None:
        verify = True if authority is None else ssl.create_default_context(cafile=str(authority))
        self._transport = transport or httpx.HTTPTransport(trust_env=False, verify=verify)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object at `url`. Raises ProviderAway."""
        status, body = self._exchange("GET", url, headers or {}, None)
        if status != _OK:
            raise ProviderAway("answered", f"The provider answered {status} where it should tell of itself.")
        return _object(body)

    def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """The status and JSON object that a form is answered with. Raises ProviderAway."""
        told = {"content-type": "application/x-www-form-urlencoded", **headers}
        status, body = self._exchange("POST", url, told, urlencode(form).encode())
        return status, _object(body)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> tuple[int, bytes]:
        if not is_safe(url):
            raise ProviderAway("unsafe_address", "The provider names an address to which nothing secret may be sent.")
        until = time.monotonic() + _ALL_S
        timeout = {"connect": _CONNECT_S, "read": _ALL_S, "write": _ALL_S, "pool": _CONNECT_S}
        always = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "tabard"}
        try:
            request = httpx.Request(
                method, url, headers={**always, **headers}, content=content, extensions={"timeout": timeout}
            )
            response = self._transport.handle_request(request)
            try:
                return response.status_code, _whole(response, until)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise ProviderAway("away", "The provider cannot be reached, or did not answer in time.") from fault


def _whole(response: httpx.Response, until: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_raw():
        size += len(part)
        if size > LARGEST_BYTES:
            raise ProviderAway("too_large", "The provider's answer is larger than any that is meant here.")
        if time.monotonic() > until:
            raise ProviderAway("away", "The provider did not answer in time.")
        parts.append(part)
    return b"".join(parts)


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (ValueError, RecursionError) as fault:
        raise ProviderAway("no_json", "The provider answered what is no JSON object.") from fault
