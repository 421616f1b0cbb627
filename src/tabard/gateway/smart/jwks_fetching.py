"""Keys that clients publish: fetched from the registered address alone, bounded in size and time, kept as long as they say.

A kid that is not known yet is asked for at most once a minute: whoever sends made-up kids sets off no storm of requests.
Source: SMART App Launch 2.2, "Client Authentication: Asymmetric" (JWKS by URL, Cache-Control).
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import httpx

from tabard.fhir import NotJson, decode
from tabard.gateway.model import Client
from tabard.gateway.smart.assertions import refused
from tabard.gateway.smart.jwk_sets import BadJwks, ClientKey, client_keys
from tabard.ground.time import Clock

LARGEST_BYTES = 64 * 1024
_WHOLE_S = 5.0
_CONNECT_S = 2.0
_SHORTEST, _STANDARD, _LONGEST = timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=24)
_AGAIN = timedelta(minutes=1)
"""How long nothing is fetched again for a kid that is not known, nor after a fault."""

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})\"?\s*(?:,|$)", re.IGNORECASE)
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "tabard"}
_OK = 200


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What one address answered; without keys where it could not be had."""

    keys: tuple[ClientKey, ...]
    at: datetime
    until: datetime


class JwkSets:
    """The public keys of clients. Safe from any thread; no connection is kept open."""

    def __init__(self, clock: Clock, make_transport: Callable[[], httpx.BaseTransport] | None = None) -> None:
        self._clock = clock
        self._make_transport = make_transport or _transport
        self._known: dict[str, _Fetched] = {}
        self._turns: dict[str, Lock] = {}
        self._lock = Lock()

    def keys(self, client: Client, kid: str) -> tuple[ClientKey, ...]:
        """The client's keys, among which `kid` is looked for. Raises OAuthRefused where they cannot be had."""
        try:
            if client.jwks is not None:
                return client_keys(client.jwks)
            return () if client.jwks_uri is None else self._published(client.jwks_uri, kid)
        except BadJwks as fault:
            raise refused("jwks", f"The client's keys cannot be used: {fault.message}.") from fault

    def _published(self, uri: str, kid: str) -> tuple[ClientKey, ...]:
        with self._lock:
            turn = self._turns.setdefault(uri, Lock())
        with turn:  # one fetch at a time for an address; others wait and take what it brought
            known, now = self._known.get(uri), self._clock()
            if known is None or self._is_to_be_asked(known, kid, now):
                known = self._known[uri] = _after(known, self._asked(uri, now))
        if not known.keys:
            raise refused("jwks", "The client's keys cannot be had from its jwks_uri.")
        return known.keys

    @staticmethod
    def _is_to_be_asked(known: _Fetched, kid: str, now: datetime) -> bool:
        is_over = now >= known.until
        is_lacking = all(one.kid != kid for one in known.keys)
        return is_over or (is_lacking and now >= known.at + _AGAIN)

    def _asked(self, uri: str, now: datetime) -> _Fetched:
        """What the address answers now; no keys for anything but a sound answer."""
        try:
            keys, fresh = self._fetch(uri)
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, BadJwks, NotJson, ValueError):
            return _Fetched((), now, now + _AGAIN)
        return _Fetched(keys, now, now + fresh)

    def _fetch(self, uri: str) -> tuple[tuple[ClientKey, ...], timedelta]:
        timeout = {"connect": _CONNECT_S, "read": _WHOLE_S, "write": _WHOLE_S, "pool": _WHOLE_S}
        request = httpx.Request("GET", uri, headers=_HEADERS, extensions={"timeout": timeout})
        with self._make_transport() as transport:  # below httpx's client: no redirect is followed, no cookie kept
            response = transport.handle_request(request)
            try:
                body = _whole(response)
            finally:
                response.close()
        return client_keys(decode(body)), _fresh_for(response.headers.get("cache-control", ""))


def _transport() -> httpx.BaseTransport:
    return httpx.HTTPTransport(trust_env=False)


def _whole(response: httpx.Response) -> bytes:
    """All of a plain answer, bounded in size and in the time that it drips."""
    if response.status_code != _OK or response.headers.get("content-encoding", "identity") != "identity":
        raise BadJwks("no plain answer")
    ends, body = time.monotonic() + _WHOLE_S, bytearray()
    for part in response.iter_raw():
        body += part
        if len(body) > LARGEST_BYTES or time.monotonic() > ends:
            raise BadJwks("too large, or too slow")
    return bytes(body)


def _after(before: _Fetched | None, now: _Fetched) -> _Fetched:
    """What is known after asking. A fault ends nothing before its time: what was fetched holds as long as was said, no longer."""
    if now.keys or before is None or not before.keys or now.at >= before.until:
        return now
    return _Fetched(before.keys, now.at, before.until)


def _fresh_for(cache_control: str) -> timedelta:
    """How long an answer may be kept. Source: RFC 9111, 5.2.2.1."""
    found = _MAX_AGE.search(cache_control)
    if any(word.strip().lower() in {"no-store", "no-cache"} for word in cache_control.split(",")):
        return _SHORTEST
    told = _STANDARD if found is None else timedelta(seconds=int(found[1]))
    return min(max(told, _SHORTEST), _LONGEST)
