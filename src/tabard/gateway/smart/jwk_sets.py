"""A client's public keys, from its JWK Set: only those that may sign an assertion here. Pure.

Source: RFC 7517, 4 and 5; SMART App Launch 2.2, "Client Authentication: Asymmetric" (RS384 and ES384).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from tabard.ground.errors import CallerError

KTY_OF = {"RS384": "RSA", "ES384": "EC"}
"""The algorithms that are taken, each with the one type of key that it goes with."""

_MOST_KEYS = 50
_SHORTEST_RSA_BITS = 2048
_LONGEST_RSA_BITS = 8192
_CURVE = "P-384"
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_LONGEST_KID = 255


class BadJwks(CallerError):  # noqa: N818  says what the input is
    """What was given is no JWK Set of public keys, or holds none that can be used here."""


@dataclass(frozen=True, slots=True)
class ClientKey:
    """One public key: `alg` is the one algorithm that it may be used with."""

    kid: str
    alg: str
    key: RSAKey | ECKey


def client_keys(told: object) -> tuple[ClientKey, ...]:
    """The usable keys of a JWK Set; what is of another kind is passed over. Raises BadJwks.

    A set that holds anything private, or one kid twice for one algorithm, is refused whole.
    """
    keys = told.get("keys") if isinstance(told, Mapping) else None
    if not isinstance(keys, list) or not all(isinstance(one, Mapping) for one in keys) or len(keys) > _MOST_KEYS:
        raise BadJwks("this is no JWK Set", expected=f'{{"keys": [...]}} with at most {_MOST_KEYS} keys')
    if any(_PRIVATE & one.keys() for one in keys):
        raise BadJwks("this JWK Set holds a private or secret key", remedy="publish the public halves alone")
    found = tuple(one for one in map(_key, keys) if one is not None)
    if not found:
        raise BadJwks("this JWK Set holds no key that can be used", expected="RSA of 2048 bits or EC P-384, with a kid")
    if len({(one.kid, one.alg) for one in found}) < len(found):
        raise BadJwks("two keys of this JWK Set have the same kid")
    return found


def _key(told: Mapping[str, Any]) -> ClientKey | None:
    kid, kty = told.get("kid"), told.get("kty")
    alg = next((alg for alg, wanted in KTY_OF.items() if wanted == kty), None)
    if alg is None or not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
        return None
    if not (_is_for_signing(told, alg) and _is_strong(told)):
        return None
    try:
        return ClientKey(kid, alg, (RSAKey if kty == "RSA" else ECKey).import_key({**told}))
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def _is_for_signing(told: Mapping[str, Any], alg: str) -> bool:
    return (
        told.get("use", "sig") == "sig"
        and told.get("alg", alg) == alg
        and ("key_ops" not in told or (isinstance(told["key_ops"], list) and "verify" in told["key_ops"]))
    )


def _is_strong(told: Mapping[str, Any]) -> bool:
    """Whether a key of its kind is long enough to be believed; told by what it says, before anything is made of it."""
    if told["kty"] != "RSA":
        return told.get("crv") == _CURVE
    modulus = told.get("n")
    if not isinstance(modulus, str) or not modulus.isascii() or len(modulus) > _LONGEST_RSA_BITS // 6 + 4:
        return False
    try:
        raw = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    except ValueError:
        return False
    return _SHORTEST_RSA_BITS <= int.from_bytes(raw, "big").bit_length() <= _LONGEST_RSA_BITS
