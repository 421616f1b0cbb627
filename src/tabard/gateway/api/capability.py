"""The CapabilityStatement: what is built, nothing more. Source: FHIR R4, CapabilityStatement; 3.1.0.6."""

from typing import Any

from tabard.fhir.search_parameters import Parameter, parameters_of
from tabard.gateway.policy import SERVED

_SECURITY_SYSTEM = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_INTERACTIONS = ("read", "vread", "history-instance", "search-type")


def capability_statement(base: str, version: str, date: str) -> dict[str, Any]:
    """The statement of the server at `base`, of Tabard `version`, as of `date` (a FHIR date)."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "software": {"name": "Tabard", "version": version},
        "implementation": {"description": "The gateway of one hospital", "url": base},
        "rest": [
            {
                "mode": "server",
                "documentation": "Read-only: what came by a link changes only by the link.",
                "security": _security(),
                "resource": [_resource(kind) for kind in SERVED],
            }
        ],
    }


def _security() -> dict[str, Any]:
    coding = {"system": _SECURITY_SYSTEM, "code": "SMART-on-FHIR"}
    return {"cors": True, "service": [{"coding": [coding], "text": "SMART App Launch, EHR launch, PKCE S256"}]}


def _resource(kind: str) -> dict[str, Any]:
    own = parameters_of(kind).values()
    includes = [f"{kind}:{each.name}" for each in own if each.kind == "reference"]
    resource: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "searchParam": [*_COMMON, *map(_parameter, own)],
    }
    return {**resource, "searchInclude": includes} if includes else resource


def _parameter(each: Parameter) -> dict[str, str]:
    return {"name": each.name, "definition": each.url, "type": each.kind}


_COMMON: tuple[dict[str, str], ...] = (
    {"name": "_id", "definition": "http://hl7.org/fhir/SearchParameter/Resource-id", "type": "token"},
    {"name": "_lastUpdated", "definition": "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "type": "date"},
)
