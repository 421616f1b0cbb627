"""The discovery document: what is built, nothing more. Source: SMART App Launch 2.2, "Conformance"."""

from collections.abc import Sequence
from typing import Any

from tabard.gateway.policy import SERVED

CAPABILITIES = (
    "launch-ehr",
    "authorize-post",
    "client-public",
    "context-banner",
    "context-ehr-patient",
    "context-ehr-encounter",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v2",
)


def discovery(auth: str, writable: Sequence[str] = ()) -> dict[str, Any]:
    """The document of a server whose OAuth endpoints are below `auth`; `writable` are the scopes by which it can be written. No issuer: id_tokens are not given yet."""
    resources = [f"{level}/{kind}.rs" for level in ("patient", "user") for kind in SERVED]
    return {
        "authorization_endpoint": f"{auth}/authorize",
        "token_endpoint": f"{auth}/token",
        "revocation_endpoint": f"{auth}/revoke",
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["launch", "online_access", *resources, *writable],
        "capabilities": list(CAPABILITIES),
    }
