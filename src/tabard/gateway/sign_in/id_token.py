"""Whether an id_token is what it should be: the signature, then each claim. Pure.

Source: OpenID Connect Core 1.0, 3.1.3.7 (numbered as there where a step is named); RFC 8725 (JWT best practice).
"""

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tabard.gateway.sign_in.errors import NotSignedIn

Key = RSAKey | ECKey | OKPKey
KeyOf = Callable[[str | None, str], Key | None]
"""The provider's key of a `kid` (None where the header has none) that may be used with an algorithm."""

LEEWAY = timedelta(seconds=60)
_LONGEST = 64 * 1024
_LONGEST_SUB = 255
_OLDEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an id_token must say."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: tuple[str, ...]


def check_id_token(token: object, expected: Expected, key_of: KeyOf, now: datetime) -> Mapping[str, Any]:
    """The claims of a token that is good now. Raises NotSignedIn, its `reason` naming the claim."""
    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in expected.algorithms or "crit" in header or not isinstance(kid, str | None):
        raise _refused("alg")  # 7: the allow-list, never what the token says of itself
    key = key_of(kid, str(algorithm))
    if key is None:
        raise _refused("kid")
    try:
        claims = jwt.decode(str(token), key, algorithms=[str(algorithm)]).claims  # 6
    except (JoseError, ValueError, TypeError):
        raise _refused("signature") from None
    _check(claims, expected, now)
    return claims


def _check(claims: Mapping[str, Any], expected: Expected, now: datetime) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    nonce, sub = claims.get("nonce"), claims.get("sub")
    steps = (
        ("iss", claims.get("iss") == expected.issuer),  # 2
        ("aud", expected.client_id in audiences),  # 3
        ("azp", len(audiences) == 1 or "azp" in claims),  # 4
        ("azp", claims.get("azp", expected.client_id) == expected.client_id),  # 5
        ("exp", _is_number(claims.get("exp")) and now - LEEWAY < _moment(claims["exp"], now)),  # 9
        ("iat", _is_number(claims.get("iat")) and abs(now - _moment(claims["iat"], now)) < _OLDEST),  # 10
        ("nbf", "nbf" not in claims or (_is_number(claims["nbf"]) and _moment(claims["nbf"], now) <= now + LEEWAY)),
        ("nonce", isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), expected.nonce.encode())),  # 11
        ("sub", isinstance(sub, str) and 0 < len(sub) <= _LONGEST_SUB),
    )
    for claim, is_right in steps:
        if not is_right:
            raise _refused(claim)


def _header(token: object) -> Mapping[str, Any]:
    if not isinstance(token, str) or len(token) > _LONGEST or token.count(".") != 2:  # noqa: PLR2004  a JWS has two dots
        raise _refused("id_token")
    try:
        first = token.partition(".")[0]
        return msgspec.json.decode(urlsafe_b64decode(first + "=" * (-len(first) % 4)), type=dict[str, Any])
    except (ValueError, RecursionError):
        raise _refused("id_token") from None


def _is_number(told: object) -> bool:
    return isinstance(told, int | float) and not isinstance(told, bool)


def _moment(told: float, now: datetime) -> datetime:
    """The moment of a NumericDate; one beyond all calendars is long ago."""
    try:
        return datetime.fromtimestamp(told, now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return datetime.min.replace(tzinfo=now.tzinfo) + timedelta(days=1)


def _refused(claim: str) -> NotSignedIn:
    return NotSignedIn(f"id_token_{claim}", f"What the provider said of you cannot be believed ({claim}).")
