"""The discovery documents: what is built, nothing more.

Source: SMART App Launch 2.2, "Conformance"; OpenID Connect Discovery 1.0, 3; RFC 8414, 2; RFC 9207, 3.
"""

from collections.abc import Sequence
from typing import Any

from tabard.gateway.policy import SERVED
from tabard.gateway.smart.authentication import ALGORITHMS, METHODS
from tabard.gateway.smart.grantable import WORDS
from tabard.gateway.smart.signing_keys import ALGORITHM

CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "context-standalone-encounter",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)
_PROVEN = [method for method in METHODS if method != "none"]


def discovery(base: str, auth: str, writable: Sequence[str] = ()) -> dict[str, Any]:
    """The document of a server whose OAuth endpoints are below `auth`; `writable` are the scopes by which it can be written."""
    return {
        **_common(base, auth),
        "scopes_supported": [*WORDS, *_readable(("patient", "user", "system")), *writable],
        "capabilities": list(CAPABILITIES),
    }


def openid_configuration(base: str, auth: str) -> dict[str, Any]:
    """The document at the issuer, which is the FHIR base."""
    return {
        **_common(base, auth),
        "scopes_supported": list(WORDS),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": ["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "fhirUser", "profile"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "consent"],
    }


def _common(base: str, auth: str) -> dict[str, Any]:
    return {
        "issuer": base,
        "jwks_uri": f"{auth}/jwks",
        "authorization_endpoint": f"{auth}/authorize",
        "token_endpoint": f"{auth}/token",
        "token_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint": f"{auth}/introspect",
        "introspection_endpoint_auth_methods_supported": _PROVEN,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint": f"{auth}/revoke",
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def _readable(levels: Sequence[str]) -> list[str]:
    return [f"{level}/{kind}.rs" for level in levels for kind in SERVED]
