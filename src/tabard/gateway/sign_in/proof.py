"""How a client proves to a token endpoint who it is: by a key, by a secret, or (a public one) by PKCE alone.

Source: RFC 7523 (private_key_jwt); RFC 6749 2.3.1 (client_secret_basic); SMART App Launch 2.2, "Client Authentication".
"""

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from tabard.ground.errors import CallerError
from tabard.ground.ids import unguessable
from tabard.ground.time import Clock

_LIFETIME = timedelta(minutes=4)
_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
RSA_ALGORITHM = "RS384"
"""One of the two that SMART asks every server to take, and that OpenID providers know."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes with a token request. At most one of `key` and `secret` is given."""

    client_id: str
    clock: Clock
    key: ECKey | RSAKey | None = field(default=None, repr=False)
    secret: str = field(default="", repr=False)

    def form(self, audience: str) -> dict[str, str]:
        """The parameters for the token endpoint `audience`."""
        if self.key is not None:
            return {"client_assertion_type": _TYPE, "client_assertion": self._assertion(self.key, audience)}
        return {} if self.secret else {"client_id": self.client_id}

    def headers(self) -> dict[str, str]:
        """The headers of the request."""
        if not self.secret:
            return {}
        pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
        return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def _assertion(self, key: ECKey | RSAKey, audience: str) -> str:
        algorithm = algorithm_of(key)
        now = self.clock()
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": audience,
            "iat": int(now.timestamp()),
            "exp": int((now + _LIFETIME).timestamp()),
            "jti": unguessable(),
        }
        header = {"alg": algorithm, "typ": "JWT", "kid": key.thumbprint()}
        return jwt.encode(header, claims, key, algorithms=[algorithm])


def algorithm_of(key: ECKey | RSAKey) -> str:
    """By which algorithm a key signs. Raises CallerError for a curve that is not one of the three."""
    if isinstance(key, RSAKey):
        return RSA_ALGORITHM
    curve = str(key.as_dict(private=False).get("crv"))
    if curve not in _BY_CURVE:
        raise CallerError("this key cannot be used", expected=f"a curve of {', '.join(_BY_CURVE)}", got=curve)
    return _BY_CURVE[curve]


def private_key(pem: bytes, *, where: str) -> ECKey | RSAKey:
    """The key in a PEM file. Raises CallerError."""
    for kind in (ECKey, RSAKey):
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError):
            continue
        if key.is_private:
            return key
    raise CallerError("this is no private key", where=where, expected="an EC or RSA private key in PEM")
