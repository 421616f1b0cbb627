"""The token endpoint: a code or a refresh token becomes tokens with their launch context.

Clients are public: PKCE and the registered redirect URI stand for a secret that a browser could not keep.
Source: SMART App Launch 2.2, "Obtain access token", "Refresh access token"; RFC 6749 4.1.3, 5.1, 5.2, 6; RFC 7636 4.6.
"""

from dataclasses import dataclass
from typing import Any

from tabard.fhir.scopes import BadScope, Scopes, parse
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.model import Client, Context, EncounterContext, PatientContext, WardContext, WholeHospital
from tabard.gateway.ports import ClientRegistry
from tabard.gateway.smart.codes import Codes, Exchange
from tabard.gateway.smart.grants import Grants, Issued, Replayed
from tabard.gateway.smart.requests import Parameters, require
from tabard.gateway.smart.secrets import is_verifier


@dataclass(frozen=True, slots=True)
class Token:
    """Exchanges what a product holds for tokens."""

    clients: ClientRegistry
    codes: Codes
    grants: Grants

    def client(self, parameters: Parameters) -> Client | None:
        """The client that says it is asking; None where it does not say. Raises OAuthRefused for an unknown one."""
        client_id = parameters.get("client_id")
        if client_id is None:
            return None
        client = self.clients.client(client_id)
        if client is None:
            raise OAuthRefused("invalid_client", "No product of this client_id is installed and live here.", status=401)
        return client

    def issue(self, client: Client | None, parameters: Parameters) -> Issued:
        """Fresh tokens. Raises OAuthRefused."""
        match require(parameters, "grant_type"):
            case "authorization_code":
                issued = self._of_code(client, parameters)
            case "refresh_token":
                issued = self._of_refresh(client, parameters)
            case _:
                raise OAuthRefused("unsupported_grant_type", "Only authorization_code and refresh_token are supported.")
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
            raise OAuthRefused("invalid_client", "The parameter client_id is missing or empty.", status=401)
        code, verifier = require(parameters, "code"), require(parameters, "code_verifier")
        if not is_verifier(verifier):
            raise OAuthRefused("invalid_request", "The code_verifier is not written as one is.")
        return self.codes.exchange(Exchange(code, client.id, require(parameters, "redirect_uri"), verifier))

    def _of_refresh(self, client: Client | None, parameters: Parameters) -> Issued | Replayed | None:
        """The refresh token alone names its client: widely used products do not send a client_id here."""
        narrowed = _scopes(parameters["scope"]) if "scope" in parameters else None
        return self.grants.refresh(
            require(parameters, "refresh_token"), None if client is None else client.id, narrowed
        )


def token_response(issued: Issued) -> dict[str, Any]:
    """What the product is told. Source: SMART App Launch 2.2, "Response" of the token endpoint, "Launch context"."""
    rights = issued.held.rights
    told: dict[str, Any] = {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": issued.expires_in_s,
        "scope": str(rights.scopes),
        **_context(rights.context),
    }
    if issued.refresh is not None:
        told["refresh_token"] = issued.refresh
    return told


def _scopes(text: str) -> Scopes:
    try:
        return parse(text)
    except BadScope as error:
        raise OAuthRefused("invalid_scope", error.message) from error


def _context(context: Context | WholeHospital) -> dict[str, Any]:
    """A product is opened on a page of its own, so with one patient it must show who that is itself."""
    match context:
        case PatientContext(patient):
            return {"patient": patient, "need_patient_banner": True}
        case EncounterContext(encounter, patient):
            return {"patient": patient, "encounter": encounter, "need_patient_banner": True}
        case WardContext(ward):
            return {"fhirContext": [{"reference": f"Location/{ward}"}], "need_patient_banner": False}
        case WholeHospital():
            raise AssertionError("a token never holds the whole hospital")
