"""Proofs: that it is this hospital that asks, as a signed token good for one call.

Source: CDS Hooks 2.0, "Trusting CDS Clients"; RFC 7519.
"""

from dataclasses import dataclass
from datetime import timedelta

from joserfc import jwt
from joserfc.jwk import ECKey

from tabard.gateway.cds.cards import PRODUCT
from tabard.ground.ids import MakeToken
from tabard.ground.time import Clock

_ALGORITHM = "ES384"
_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Proofs:
    """Signs as `issuer`, with a key that is published under `jwks_uri`."""

    issuer: str
    jwks_uri: str
    key: ECKey
    clock: Clock
    make_token: MakeToken

    def made(self, client: str, path: str) -> str:
        """A token for one call of a product's service."""
        now = self.clock()
        header = {"alg": _ALGORITHM, "typ": "JWT", "kid": self.key.thumbprint(), "jku": self.jwks_uri}
        claims = {
            "iss": self.issuer,
            "aud": audience(client, path),
            "iat": int(now.timestamp()),
            "exp": int((now + _LASTS).timestamp()),
            "jti": self.make_token(),
        }
        return jwt.encode(header, claims, self.key, algorithms=[_ALGORITHM])

    def published(self) -> dict[str, object]:
        """The public key as a JWK."""
        return {**self.key.as_dict(private=False), "kid": self.key.thumbprint(), "alg": _ALGORITHM, "use": "sig"}


def audience(client: str, path: str) -> str:
    """The address of a service as the hospital calls it: the product's server has no address of its own."""
    return f"{PRODUCT}{client}{path}"
