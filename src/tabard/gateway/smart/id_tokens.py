"""id_tokens: who signed in, for one client, signed with RS256.

Source: OpenID Connect Core 1.0, 2 and 3.1.3.6; SMART App Launch 2.2, "Scopes for requesting identity data".
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jwt

from tabard.gateway.model import Rights
from tabard.gateway.smart.grantable import FHIR_USER, OPENID, PROFILE
from tabard.gateway.smart.grants import Issued
from tabard.gateway.smart.signing_keys import ALGORITHM, SigningKeys
from tabard.ground.time import Clock


@dataclass(frozen=True, slots=True)
class IdTokens:
    """Makes them. `issuer` is the FHIR base, in whose name they are signed."""

    issuer: str
    keys: SigningKeys
    clock: Clock
    lifetime: timedelta

    def of(self, issued: Issued) -> str | None:
        """The id_token that goes with fresh tokens; None where openid was not granted, and at a refresh."""
        rights = issued.held.rights
        if not issued.is_first or OPENID not in rights.scopes.words:
            return None
        key, now = self.keys.current(), self.clock()
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": rights.person,
            "aud": rights.client,
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
        }
        if issued.nonce is not None:
            claims["nonce"] = issued.nonce
        if issued.auth_time is not None:
            claims["auth_time"] = int(issued.auth_time.timestamp())
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}
        return jwt.encode(header, claims | identity(self.issuer, rights), key, algorithms=[ALGORITHM])


def identity(base: str, rights: Rights) -> dict[str, str]:
    """Who the person is as a FHIR resource, by the words that were granted; nothing where nobody knows."""
    if rights.fhir_user is None:
        return {}
    told = {FHIR_USER: "fhirUser", PROFILE: "profile"}
    return {
        claim: f"{base}/Practitioner/{rights.fhir_user}" for word, claim in told.items() if word in rights.scopes.words
    }
