"""The token endpoint: a code, a refresh token or a service's own word becomes tokens.

PKCE is asked of every client that brings a code, public or not.
Source: SMART App Launch 2.2, "Obtain access token", "Refresh access token", "Backend Services"; RFC 6749 4.1.3, 4.4, 5, 6;
RFC 7636 4.6.
"""

from dataclasses import dataclass

from tabard.fhir.scopes import BadScope, Scopes, parse
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.model import Client, ClientKind
from tabard.gateway.smart.codes import Codes, Exchange
from tabard.gateway.smart.grantable import grantable
from tabard.gateway.smart.grants import Grants, Issued, Replayed
from tabard.gateway.smart.requests import Parameters, require
from tabard.gateway.smart.secrets import is_verifier

GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")


@dataclass(frozen=True, slots=True)
class Token:
    """Exchanges what a client holds for tokens."""

    codes: Codes
    grants: Grants

    def issue(self, client: Client | None, parameters: Parameters) -> Issued:
        """Fresh tokens for a client that has proven itself. Raises OAuthRefused."""
        match require(parameters, "grant_type"):
            case "authorization_code":
                issued = self._of_code(client, parameters)
            case "refresh_token":
                issued = self._of_refresh(client, parameters)
            case "client_credentials":
                issued = self._of_service(client, parameters)
            case _:
                raise OAuthRefused("unsupported_grant_type", f"Only {', '.join(GRANT_TYPES)} are supported.")
        if issued is None:
            raise OAuthRefused(
                "invalid_grant", "This code or refresh token is not good, or what came with it does not agree."
            )
        if isinstance(issued, Replayed):
            ended = "This code or refresh token was used before; what it gave has been ended."
            raise OAuthRefused("invalid_grant", ended, reason="replayed", grant=issued.grant)
        return issued

    def _of_code(self, client: Client | None, parameters: Parameters) -> Issued | Replayed | None:
        if client is None:
            raise _unnamed()
        code, verifier = require(parameters, "code"), require(parameters, "code_verifier")
        if not is_verifier(verifier):
            raise OAuthRefused("invalid_request", "The code_verifier is not written as one is.")
        return self.codes.exchange(Exchange(code, client.id, require(parameters, "redirect_uri"), verifier))

    def _of_refresh(self, client: Client | None, parameters: Parameters) -> Issued | Replayed | None:
        """The refresh token alone names a public client: widely used products do not send a client_id here."""
        narrowed = _scopes(parameters["scope"]) if "scope" in parameters else None
        return self.grants.refresh(
            require(parameters, "refresh_token"), None if client is None else client.id, narrowed
        )

    def _of_service(self, client: Client | None, parameters: Parameters) -> Issued | None:
        """A service proves itself by its key, never by a secret that two ends know. Source: SMART 2.2, "Backend Services"."""
        if client is None:
            raise _unnamed()
        if client.kind is not ClientKind.backend or (client.jwks is None and client.jwks_uri is None):
            raise OAuthRefused("unauthorized_client", "This client is not registered as a backend service with keys.")
        granted = _scopes(require(parameters, "scope")).narrow(grantable(client))
        if not granted.resources:
            raise OAuthRefused("invalid_scope", "Ask for at least one system scope that the service is registered for.")
        return self.grants.serve(client, granted)


def _unnamed() -> OAuthRefused:
    return OAuthRefused("invalid_client", "The parameter client_id is missing or empty.", status=401)


def _scopes(text: str) -> Scopes:
    try:
        return parse(text)
    except BadScope as error:
        raise OAuthRefused("invalid_scope", error.message) from error
