"""What the pretend Millennium says of itself: CapabilityStatement and smart-configuration, true to what is there."""

from typing import Any

from tabard.fhir import Resource
from tabard.sandbox.millennium.address import Address
from tabard.sandbox.millennium.authority import ALGORITHMS, offered
from tabard.sandbox.millennium.rules import RULES, Kind
from tabard.sandbox.millennium.writing import WRITES

_TYPES = {Kind.id: "token", Kind.count: "number"}
_OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"


def capability(base: str, token_url: str, today: str) -> Resource:
    """The CapabilityStatement. Nothing is in it that is not served: no batch, no `_revinclude`, no operations."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{base}/metadata",
        "name": "PretendMillenniumCapabilityStatement",
        "status": "active",
        "date": today,
        "kind": "instance",
        "instantiates": ["http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server"],
        "implementation": {"description": "A pretend Millennium with synthetic patients", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": _security(token_url),
                "resource": [_resource(type_) for type_ in RULES],
            }
        ],
    }


def smart_configuration(address: Address) -> dict[str, Any]:
    """Where tokens are given and how. Source: SMART App Launch 2.2, "Conformance"."""
    return {
        "issuer": address.issuer,
        "jwks_uri": address.jwks_url,
        "authorization_endpoint": address.authorize_url,
        "token_endpoint": address.token_url,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "scopes_supported": ["launch", "openid", "fhirUser", *offered()],
        "capabilities": [
            "launch-ehr",
            "client-public",
            "sso-openid-connect",
            "context-ehr-patient",
            "context-ehr-encounter",
            "client-confidential-asymmetric",
            "client-confidential-symmetric",
            "permission-v1",
            "permission-v2",
        ],
    }


def _security(token_url: str) -> Resource:
    service = "http://terminology.hl7.org/CodeSystem/restful-security-service"
    return {
        "extension": [{"url": _OAUTH, "extension": [{"url": "token", "valueUri": token_url}]}],
        "cors": False,
        "service": [{"coding": [{"system": service, "code": "SMART-on-FHIR"}]}],
    }


def _resource(type_: str) -> Resource:
    rule = RULES[type_]
    enough = " or ".join(" and ".join(group) for group in rule.needs)
    codes = ["read", "search-type", *(WRITES[type_].interactions if type_ in WRITES else ())]
    told: Resource = {
        "type": type_,
        "interaction": [{"code": code} for code in codes],
        "searchParam": [
            {
                "name": name,
                "type": _TYPES.get(kind, kind.value),
                "documentation": f"Needed: {enough}." if enough else "Nothing is needed.",
            }
            for name, kind in rule.parameters.items()
        ],
    }
    return {**told, "updateCreate": False} if type_ in WRITES else told
