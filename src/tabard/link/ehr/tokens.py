"""The access token of a link: asked for with its key or secret, kept, renewed before it ends.

Source: SMART App Launch 2.2, "Backend Services" and "Client Authentication: Asymmetric"; RFC 6749 4.4; RFC 7523.
"""

import base64
from collections.abc import Callable
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from tabard.ground.ids import unguessable
from tabard.ground.time import Clock
from tabard.link.ehr.errors import BadAnswer, Busy, NotLetIn, Rejected, TooSlow
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.wire import Raw, Wire
from tabard.link.settings import ON_THIS_MACHINE

LONGEST_S = 570
"""A Millennium's token lives so long, whatever it says."""

_MARGIN_S = 30
_ASSERTION_S = 240
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
_DISCOVERY = "/.well-known/smart-configuration"

Sign = Callable[[str], dict[str, str]]
"""The form parameters with which a client proves who it is to the token endpoint of that address."""


def by_key(client_id: str, key: ECKey, clock: Clock) -> Sign:
    """private_key_jwt, signed with ES384."""
    header = {"alg": "ES384", "typ": "JWT", "kid": key.thumbprint()}

    def sign(token_url: str) -> dict[str, str]:
        now = int(clock().timestamp())
        claims = {"iss": client_id, "sub": client_id, "aud": token_url, "iat": now, "exp": now + _ASSERTION_S}
        told = jwt.encode(header, {**claims, "jti": unguessable()}, key, algorithms=["ES384"])
        return {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": told}

    return sign


class Tokens:
    """One token for all, asked for by one thread at a time. `secret` is for client_secret_basic, else `sign` is used."""

    def __init__(
        self, base: str, client_id: str, scope: str, wire: Wire, pace: Pace, *, sign: Sign | None, secret: str = ""
    ) -> None:
        self._base = base
        self._client_id = client_id
        self._scope = scope
        self._wire = wire
        self._pace = pace
        self._sign = sign
        self._secret = secret
        self._lock = Lock()
        self._url: str | None = None
        self._token = ""
        self._good_until = 0.0

    def bearer(self, budget: Budget, *, margin_s: float = _MARGIN_S) -> str:
        """A token that is good for `margin_s` at least. Raises EhrError."""
        if self._pace.now() < self._good_until - margin_s:
            return self._token
        if not self._lock.acquire(timeout=budget.left()):
            raise TooSlow("The record system gave no token in time.", is_sent=False)
        try:
            if self._pace.now() >= self._good_until - margin_s:
                self._renew(budget)
            return self._token
        finally:
            self._lock.release()

    def drop(self, bearer: str) -> None:
        """That token was refused: the next question asks for a new one."""
        with self._lock:
            if bearer == self._token:
                self._good_until = 0.0

    def _renew(self, budget: Budget) -> None:
        url = self._endpoint(budget)
        form = {"grant_type": "client_credentials", "scope": self._scope}
        headers = dict(_FORM)
        if self._sign is not None:
            form |= self._sign(url)
        else:
            pair = f"{quote(self._client_id, safe='')}:{quote(self._secret, safe='')}"
            headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        asked = self._pace.now()
        raw = self._wire.exchange("POST", url, budget, headers=headers, content=urlencode(form).encode())
        told = _token(raw)
        self._token = told["access_token"]
        lifetime = told.get("expires_in")
        seconds = lifetime if isinstance(lifetime, int | float) and not isinstance(lifetime, bool) else LONGEST_S
        self._good_until = asked + max(0.0, min(float(seconds), LONGEST_S))

    def _endpoint(self, budget: Budget) -> str:
        """Where tokens are given, as the server itself says; another host is usual, plain HTTP is not."""
        if self._url is None:
            raw = self._wire.exchange("GET", self._base + _DISCOVERY, budget, headers={"accept": "application/json"})
            if raw.status != 200:  # noqa: PLR2004  HTTP's own number
                raise Rejected(
                    "The record system does not tell where it gives tokens.", raw.status, got=str(raw.status)
                )
            url = _object(raw).get("token_endpoint")
            place = urlsplit(url) if isinstance(url, str) else urlsplit("")
            if place.scheme != "https" and not (place.scheme == "http" and place.hostname in ON_THIS_MACHINE):
                raise BadAnswer("The record system names no safe place where it gives tokens.")
            self._url = str(url)
        return self._url


def _token(raw: Raw) -> dict[str, Any]:
    if raw.status in {429, 503}:
        raise Busy("The record system gives no token for the moment.")
    if raw.status in {400, 401, 403}:
        raise NotLetIn("The record system gives us no token.", got=_error(raw))
    if raw.status != 200:  # noqa: PLR2004  HTTP's own number
        raise Rejected("The record system's token endpoint failed.", raw.status, got=str(raw.status))
    told = _object(raw)
    if not isinstance(told.get("access_token"), str) or not told["access_token"]:
        raise BadAnswer("The record system's token endpoint gave no token.")
    return told


def _error(raw: Raw) -> str:
    """OAuth's own word for it; nothing else of the answer."""
    try:
        error = _object(raw).get("error")
    except BadAnswer:
        error = None
    is_word = isinstance(error, str) and error.isascii() and error.replace("_", "").isalnum()
    return f"{raw.status} {error[:40]}" if is_word and isinstance(error, str) else str(raw.status)


def _object(raw: Raw) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw.body, type=dict[str, Any])
    except (ValueError, RecursionError) as fault:
        raise BadAnswer("The record system answered what is no JSON object.") from fault
