"""Who may ask: the pretend Millennium's clients, and the tokens it gives them by client_credentials.

Source: SMART App Launch 2.2, "Backend Services"; RFC 6749, 4.4; RFC 7523, 3; Oracle Health's smart-configuration.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from tabard.fhir import NotJson, decode
from tabard.fhir.scopes import BadScope, Level, Scopes, parse
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock

LIFETIME_S = 570
ALGORITHMS = ("RS384", "ES384")
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LONGEST_ASSERTION = timedelta(minutes=5)
_READ = ("Patient", "Encounter", "DiagnosticReport", "AllergyIntolerance", "Practitioner", "Location", "Organization")
_LETTERS = {**dict.fromkeys(_READ, "rs"), "Observation": "crus", "DocumentReference": "crus", "Appointment": "crs"}


class NoToken(Exception):  # noqa: N818  a verdict on its way to an answer; it never leaves the server
    """No token is given: OAuth's word for it, the status, and for the pretend hospital's own log, why."""

    def __init__(self, error: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.error = error
        self.why = why
        self.status = status


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody registered, who proves it by a key or by a secret."""

    id: str
    key: ECKey | RSAKey | None = None
    secret: str | None = None
    scopes: Scopes = field(default_factory=Scopes)


def offered() -> tuple[str, ...]:
    """Every scope there is, in both versions; a wildcard is not among them, as it is not at the real one."""
    told: list[str] = []
    for type_, letters in _LETTERS.items():
        told += [f"system/{type_}.{letters}", f"system/{type_}.read"]
        told += [f"system/{type_}.write"] if "c" in letters else []
    return tuple(sorted(told))


class Authority:
    """Registers clients and gives out tokens; a token is good for 570 seconds of the clock. For several threads."""

    def __init__(self, clock: Clock, make_token: Callable[[], str]) -> None:
        self._clock = clock
        self._make_token = make_token
        self._clients: dict[str, Client] = {}
        self._tokens: dict[str, tuple[Scopes, datetime]] = {}
        self._jtis: dict[tuple[str, str], datetime] = {}

    def register(self, client_id: str, public_pem: str, scopes: Iterable[str] | None = None) -> None:
        """A client who signs with the key of `public_pem` (EC P-384 for ES384, RSA for RS384). Raises CallerError."""
        self._clients[client_id] = Client(client_id, key=_key(public_pem), scopes=_registered(scopes))

    def register_secret(self, client_id: str, secret: str, scopes: Iterable[str] | None = None) -> None:
        """A client who proves itself by client_secret_basic."""
        self._clients[client_id] = Client(client_id, secret=secret, scopes=_registered(scopes))

    def forget_tokens(self) -> None:
        """Every token given out is good no longer."""
        self._tokens.clear()

    def token(self, form: Mapping[str, str], authorization: str | None, audience: str) -> dict[str, Any]:
        """The answer to a token request at `audience`. Raises NoToken."""
        if form.get("grant_type") != "client_credentials":
            raise NoToken("unsupported_grant_type", "grant_type is not client_credentials")
        client = self._by_secret(authorization) if authorization else self._by_assertion(form, audience)
        scopes = self._granted(client, form.get("scope", ""))
        token, until = self._make_token(), self._clock() + timedelta(seconds=LIFETIME_S)
        self._tokens[token] = (scopes, until)
        return {"access_token": token, "scope": form["scope"], "token_type": "Bearer", "expires_in": LIFETIME_S}

    def scopes_of(self, token: str) -> Scopes | None:
        """What a token allows, None when it is not good, or no longer."""
        scopes, until = self._tokens.get(token, (None, self._clock()))
        return scopes if until > self._clock() else None

    def prove(self, form: Mapping[str, str], audience: str) -> str:
        """Who signed the assertion of a token request: the client's id. Raises NoToken."""
        return self._by_assertion(form, audience).id

    def _by_secret(self, authorization: str) -> Client:
        scheme, _, told = authorization.partition(" ")
        try:
            id_, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            id_ = secret = ""
        client = self._clients.get(unquote_plus(id_))
        known = None if client is None else client.secret
        is_right = known is not None and hmac.compare_digest(known.encode(), unquote_plus(secret).encode())
        if client is None or scheme.lower() != "basic" or not is_right:
            raise NoToken("invalid_client", "the client's id and secret do not match", 401)
        return client

    def _by_assertion(self, form: Mapping[str, str], audience: str) -> Client:
        if form.get("client_assertion_type") != _ASSERTION:
            raise NoToken("invalid_client", "no client_secret_basic, and no client_assertion_type of a JWT")
        return self._proved(form.get("client_assertion", ""), audience)

    def _proved(self, assertion: str, audience: str) -> Client:
        """Who signed the assertion: signature first, then what it says, then that it was not heard before."""
        client = self._clients.get(_said_by(assertion))
        if client is None or client.key is None:
            raise NoToken("invalid_client", "no client with a key is registered under this iss")
        try:
            claims = jwt.decode(assertion, client.key, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError):
            raise NoToken("invalid_client", "the assertion is not signed by the registered key") from None
        now = self._clock()
        _must_say(claims, client.id, audience, now)
        self._must_be_fresh(client.id, str(claims["jti"]), now)
        return client

    def _must_be_fresh(self, client_id: str, jti: str, now: datetime) -> None:
        self._jtis = {heard: until for heard, until in self._jtis.items() if until > now}
        if (client_id, jti) in self._jtis:
            raise NoToken("invalid_client", "this jti was used before")
        self._jtis[(client_id, jti)] = now + 2 * _LONGEST_ASSERTION

    def _granted(self, client: Client, asked: str) -> Scopes:
        wanted = _parsed(asked)
        if not wanted.resources or wanted.words:
            raise NoToken("invalid_scope", "a scope of system/ and a type is needed")
        for one in wanted.resources:
            letters = [letter for letter in one.letters if client.scopes.permits(one.type, letter, [one.level])]  # type: ignore[arg-type]  # letters are read from a scope
            is_version_1 = f"{one.level}/{one.type}" in _version_1(asked)
            if not letters or (len(letters) < len(one.letters) and not is_version_1):
                raise NoToken("invalid_scope", f"{one} is not offered or not registered")
        return wanted.narrow(client.scopes)


def _version_1(asked: str) -> set[str]:
    """The levels and types for which `.read` or `.write` is asked: these take what letters there are."""
    return {one.partition(".")[0] for one in asked.split() if one.endswith((".read", ".write"))}


def _registered(scopes: Iterable[str] | None) -> Scopes:
    told = parse(" ".join(offered() if scopes is None else scopes))
    return replace(told, resources=tuple(one for one in told.resources if one.level is Level.system))


def _parsed(asked: str) -> Scopes:
    try:
        return parse(asked)
    except BadScope:
        raise NoToken("invalid_scope", "a scope is not written as the standard says") from None


def _key(public_pem: str) -> ECKey | RSAKey:
    for kind in (ECKey, RSAKey):
        try:
            return kind.import_key(public_pem)
        except (JoseError, ValueError):
            continue
    raise CallerError(
        "this is not a public key",
        expected="an EC P-384 or RSA public key in PEM",
        remedy="give the file that `tabard link key` prints",
    )


def _said_by(assertion: str) -> str:
    """The iss that an assertion names, before anything of it is believed."""
    try:
        body = assertion.split(".")[1]
        told = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        return str(decode(told).get("iss", ""))
    except (IndexError, ValueError, NotJson):
        raise NoToken("invalid_client", "client_assertion is not a JWT") from None


def _must_say(claims: Mapping[str, Any], client_id: str, audience: str, now: datetime) -> None:
    """Source: SMART App Launch 2.2, "Client Authentication: Asymmetric", claims."""
    heard = claims.get("aud")
    audiences = heard if isinstance(heard, list) else [heard]
    expires = claims.get("exp")
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise NoToken("invalid_client", "iss and sub must both be the client's id")
    if audience not in audiences:
        raise NoToken("invalid_client", "aud must be the token endpoint")
    if not isinstance(expires, int) or not now.timestamp() < expires <= (now + _LONGEST_ASSERTION).timestamp():
        raise NoToken("invalid_client", "exp must lie within the next five minutes")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise NoToken("invalid_client", "jti is needed")
