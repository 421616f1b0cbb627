"""A client's assertion: a JWT that it signs anew for each request. Pure.

Source: SMART App Launch 2.2, "Client Authentication: Asymmetric"; RFC 7523, 3; RFC 8725 (what goes wrong with JWTs).
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from tabard.fhir import NotJson, decode
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.smart.jwk_sets import KTY_OF, ClientKey
from tabard.ground.time import from_us

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = timedelta(minutes=5)
_LEEWAY = timedelta(seconds=60)
"""How far a client's clock may be ahead in `iat` and `nbf`; for `exp` there is none."""

_HEADERS = frozenset({"alg", "kid", "typ", "jku", "cty", "x5t", "x5t#S256"})
"""Header fields that may stand there. Not among them: a key or certificate of the sender's own (jwk, x5c, x5u), and crit."""

_LONGEST = 255
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What an assertion says before anything of it is believed: enough to find the client and its key."""

    client: str
    alg: str
    kid: str
    jku: str | None


@dataclass(frozen=True, slots=True)
class Proven:
    """What makes a checked assertion the only one of its kind."""

    jti: str
    expires: datetime


def said(assertion: str) -> Said:
    """What it says. Raises OAuthRefused (invalid_client) for what is no assertion, or one of a kind not taken."""
    header, claims = _parts(assertion)
    alg, kid, typ = header.get("alg"), header.get("kid"), header.get("typ")
    issuer, jku = claims.get("iss"), header.get("jku")
    if not isinstance(alg, str) or alg not in KTY_OF:
        raise refused("algorithm", f"The assertion is signed by none of {', '.join(KTY_OF)}.")
    if not header.keys() <= _HEADERS:
        raise refused("header", "The assertion's header holds a field that is not taken.")
    if not isinstance(typ, str) or typ.upper() != "JWT":
        raise refused("typ", "The assertion's typ is not JWT.")
    if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST:
        raise refused("kid", "The assertion names no key (kid).")
    if not isinstance(issuer, str) or not isinstance(jku, str | None):
        raise refused("iss", "The assertion names no client (iss).")
    return Said(issuer, alg, kid, jku)


def prove(
    assertion: str,
    keys: Sequence[ClientKey],
    client: str,
    audience: str,
    now: datetime,
    *,
    has_subject: bool = True,
) -> Proven:
    """Check signature and claims, in this order. Raises OAuthRefused (invalid_client).

    Only a key of the client with the kid that is named, and only by the algorithm that goes with that key's type. Without
    `has_subject` nothing is asked of `sub`, which the tokens of CDS Hooks do not have.
    """
    named = said(assertion)
    key = next((one for one in keys if (one.kid, one.alg) == (named.kid, named.alg)), None)
    if key is None:
        raise refused("unknown_key", "The assertion is signed by no key that is known of this client.")
    try:
        claims = jwt.decode(assertion, key.key, algorithms=[key.alg]).claims
    except (JoseError, ValueError, TypeError):
        raise refused("signature", "The assertion's signature is not right.") from None
    _must_say(claims, client, audience, has_subject=has_subject)
    return Proven(_jti(claims), _expires(claims, now))


def _must_say(claims: Mapping[str, Any], client: str, audience: str, *, has_subject: bool) -> None:
    if claims.get("iss") != client or (has_subject and claims.get("sub") != client):
        raise refused("iss", "iss and sub must both be the client_id.")
    heard = claims.get("aud")
    if heard not in (audience, [audience]):
        raise refused("aud", "aud must be the address that is asked, and nothing else.")


def _expires(claims: Mapping[str, Any], now: datetime) -> datetime:
    expires = _moment(claims, "exp")
    if expires is None or not now < expires <= now + LIFETIME:
        raise refused("exp", "exp must lie within the next five minutes.")
    for name in ("iat", "nbf"):
        if name in claims:
            moment = _moment(claims, name)
            if moment is None or moment > now + _LEEWAY:
                raise refused(name, f"{name} lies in the future, or is no number.")
    return expires


def _moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A NumericDate as a moment; None for anything else. Source: RFC 7519, 2."""
    told = claims.get(name)
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        return from_us(int(told * 1_000_000))
    except (OverflowError, ValueError):
        return None


def _jti(claims: Mapping[str, Any]) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST:
        raise refused("jti", "The assertion has no jti by which to know it again.")
    return jti


def _parts(assertion: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    parts = assertion.split(".")
    if len(parts) != _PARTS or not assertion.isascii():
        raise refused("no_jwt", "The assertion is not a signed JWT.")
    try:
        header, claims = (decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    except (ValueError, NotJson):
        raise refused("no_jwt", "The assertion is not a signed JWT.") from None
    return header, claims


def refused(reason: str, message: str) -> OAuthRefused:
    """401 invalid_client; `reason` is for the audit."""
    return OAuthRefused("invalid_client", message, status=401, reason=reason)
