"""What a client is told of its tokens: at the token endpoint, and where somebody asks about one. Pure.

Source: SMART App Launch 2.2, "Response" of the token endpoint, "Launch context", "Token Introspection"; RFC 7662, 2.2.
"""

from typing import Any

from tabard.gateway.model import Context, EncounterContext, PatientContext, WardContext, WholeHospital
from tabard.gateway.smart.grantable import OPENID
from tabard.gateway.smart.grants import Issued
from tabard.gateway.smart.held import Held
from tabard.gateway.smart.id_tokens import identity


def token_response(issued: Issued, style: str, id_token: str | None = None) -> dict[str, Any]:
    """The answer of the token endpoint; `style` is where the portal's colours are told."""
    rights = issued.held.rights
    told: dict[str, Any] = {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": issued.expires_in_s,
        "scope": str(rights.scopes),
        **_launch(rights.context, style),
    }
    if issued.refresh is not None:
        told["refresh_token"] = issued.refresh
    if id_token is not None:
        told["id_token"] = id_token
    return told


def introspected(base: str, held: Held) -> dict[str, Any]:
    """What an access token that is good is told to be."""
    rights = held.rights
    told: dict[str, Any] = {
        "active": True,
        "client_id": rights.client,
        "token_type": "Bearer",
        "scope": str(rights.scopes),
        "exp": int(held.expires.timestamp()),
        "sub": rights.person,
        "iss": base,
        "aud": base,
        **_bound(rights.context),
    }
    return told | (identity(base, rights) if OPENID in rights.scopes.words else {})


def _launch(context: Context | WholeHospital, style: str) -> dict[str, Any]:
    """A product is opened on a page of its own, so with one patient it must show who that is itself."""
    bound = _bound(context)
    if isinstance(context, WholeHospital):
        return bound
    return {**bound, "need_patient_banner": "patient" in bound, "smart_style_url": style}


def _bound(context: Context | WholeHospital) -> dict[str, Any]:
    match context:
        case PatientContext(patient):
            return {"patient": patient}
        case EncounterContext(encounter, patient):
            return {"patient": patient, "encounter": encounter}
        case WardContext(ward):
            return {"fhirContext": [{"reference": f"Location/{ward}"}]}
        case WholeHospital():
            return {}
