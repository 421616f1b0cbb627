"""Who may ask about a token, and about whose.

A client that has proven itself asks about its own tokens; one registered as a resource server (the scope `introspect`) about
everybody's. A public client has nothing to prove itself with: it shows a good access token of its own.
Source: RFC 7662, 2.1 and 4 (an endpoint open to all would be an oracle for guessed tokens); SMART App Launch 2.2.
"""

from dataclasses import dataclass

from tabard.fhir.scopes import parse
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.model import Client
from tabard.gateway.smart.authentication import Authentication
from tabard.gateway.smart.grantable import INTROSPECT
from tabard.gateway.smart.grants import Grants
from tabard.gateway.smart.held import Held
from tabard.gateway.smart.requests import Parameters
from tabard.ground.time import Clock

_BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class Introspection:
    """Looks at tokens for those who may."""

    authentication: Authentication
    grants: Grants
    clock: Clock

    def asker(self, parameters: Parameters, authorization: str | None) -> Client:
        """Who asks. Raises OAuthRefused (401) for a stranger, and for a client that has proven nothing."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() == _BEARER:
            return self._bearer(token.strip())
        client = self.authentication.proven(parameters, authorization)
        if client.is_public:
            raise _unauthorised("A public client shows an access token of its own to ask.")
        return client

    def of(self, token: str, asker: Client) -> Held | None:
        """What the token holds now; None where it is not good, or not the asker's to ask about."""
        held = self._good(token)
        if held is None or (held.rights.client != asker.id and INTROSPECT not in parse(asker.scopes).words):
            return None
        return held

    def _bearer(self, token: str) -> Client:
        held = self._good(token)
        client = None if held is None else self.authentication.clients.client(held.rights.client or "")
        if client is None:
            raise _unauthorised("This access token is not good.")
        return client

    def _good(self, token: str) -> Held | None:
        held = self.grants.find(token)
        return None if held is None or held.expires <= self.clock() else held


def _unauthorised(message: str) -> OAuthRefused:
    return OAuthRefused("invalid_client", message, status=401, reason="unauthorised")
