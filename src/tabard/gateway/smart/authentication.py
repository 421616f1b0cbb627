"""Who a client is, at the endpoints that clients call themselves: by its name alone where it is public, else proven.

Source: RFC 6749, 2.3; RFC 7523, 2.2; SMART App Launch 2.2, "Client Authentication"; RFC 9700, 2.5.
"""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import unquote_plus

from tabard.gateway.errors import OAuthRefused
from tabard.gateway.model import Client
from tabard.gateway.ports import ClientRegistry
from tabard.gateway.smart import assertions
from tabard.gateway.smart.client_secrets import is_secret
from tabard.gateway.smart.jtis import Jtis
from tabard.gateway.smart.jwks_fetching import JwkSets
from tabard.gateway.smart.requests import Parameters, require
from tabard.ground.time import Clock

METHODS = ("none", "client_secret_basic", "private_key_jwt")
ALGORITHMS = ("ES384", "RS384")
_NOBODY = "No client of this client_id is registered here, or it did not prove itself."


@dataclass(frozen=True, slots=True)
class Authentication:
    """Knows the clients. `audience` is the address of the token endpoint: what assertions are for."""

    audience: str
    clients: ClientRegistry
    keys: JwkSets
    jtis: Jtis
    clock: Clock

    def client(self, parameters: Parameters, authorization: str | None = None) -> Client | None:
        """The client that asks, proven where it has something to prove itself with; None where none is named.

        Raises OAuthRefused: invalid_request for two ways at once, else invalid_client with 401.
        """
        by_assertion = not parameters.keys().isdisjoint({"client_assertion", "client_assertion_type"})
        if (authorization is not None) + by_assertion + ("client_secret" in parameters) > 1:
            raise OAuthRefused("invalid_request", "A client proves itself in one way at a time.")
        if "client_secret" in parameters:
            raise _unproven("A secret is taken in the Authorization header alone (client_secret_basic).", "secret_post")
        if by_assertion:
            return self._by_assertion(parameters)
        return self._by_name(parameters) if authorization is None else self._by_secret(parameters, authorization)

    def proven(self, parameters: Parameters, authorization: str | None = None) -> Client:
        """The client that asks, where it is named. Raises OAuthRefused."""
        client = self.client(parameters, authorization)
        if client is None:
            raise _unproven("The parameter client_id is missing or empty.", "unnamed")
        return client

    def _by_name(self, parameters: Parameters) -> Client | None:
        client_id = parameters.get("client_id")
        if client_id is None:
            return None
        client = self.clients.client(client_id)
        if client is None or not client.is_public:
            raise _unproven(_NOBODY, "unknown" if client is None else "unproven")
        return client

    def _by_secret(self, parameters: Parameters, authorization: str) -> Client:
        client_id, secret = _basic(authorization)
        client = self.clients.client(client_id)
        if not is_secret(secret, None if client is None else client.secret_digest) or client is None:
            raise _unproven(_NOBODY, "secret")
        _must_agree(parameters, client)
        return client

    def _by_assertion(self, parameters: Parameters) -> Client:
        if require(parameters, "client_assertion_type") != assertions.TYPE:
            raise _unproven("This client_assertion_type is not taken.", "assertion_type")
        assertion = require(parameters, "client_assertion")
        named = assertions.said(assertion)
        client = self.clients.client(named.client)
        if client is None or (client.jwks is None and client.jwks_uri is None):
            raise _unproven(_NOBODY, "unknown")
        if named.jku is not None and named.jku != client.jwks_uri:
            raise _unproven("The jku is not the jwks_uri that this client registered.", "jku")
        _must_agree(parameters, client)
        keys = self.keys.keys(client, named.kid)
        proven = assertions.prove(assertion, keys, client.id, self.audience, self.clock())
        if not self.jtis.take(client.id, proven.jti, proven.expires):
            raise _unproven("This assertion was used before: make a new one for each request.", "replayed")
        return client


def _must_agree(parameters: Parameters, client: Client) -> None:
    if parameters.get("client_id", client.id) != client.id:
        raise _unproven("The client_id is not that of the client that proved itself.", "client_id")


def _basic(authorization: str) -> tuple[str, str]:
    """The id and secret of a Basic header, both form-encoded inside it. Source: RFC 6749, 2.3.1; RFC 7617, 2."""
    scheme, _, told = authorization.partition(" ")
    try:
        client_id, colon, secret = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        scheme = client_id = colon = secret = ""
    if scheme.lower() != "basic" or not colon:
        raise _unproven("The Authorization header is not Basic with an id and a secret.", "basic")
    return unquote_plus(client_id), unquote_plus(secret)


def _unproven(message: str, reason: str) -> OAuthRefused:
    return OAuthRefused("invalid_client", message, status=401, reason=reason)
