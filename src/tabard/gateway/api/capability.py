"""The CapabilityStatement: what is built, nothing more. Source: FHIR R4, CapabilityStatement; 3.1.0.6."""

from collections.abc import Sequence
from typing import Any

from tabard.fhir.search_parameters import Parameter, parameters_of
from tabard.gateway.policy import SERVED
from tabard.gateway.ports import Elsewhere

_SECURITY_SYSTEM = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_INTERACTIONS = ("read", "vread", "history-instance", "search-type")


def capability_statement(base: str, version: str, date: str, elsewhere: Elsewhere) -> dict[str, Any]:
    """The statement of the server at `base`, of Tabard `version`, as of `date` (a FHIR date).

    Of the types that are asked `elsewhere` it tells what holds there.
    """
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
                "resource": [
                    _asked(kind, elsewhere[kind]) if kind in elsewhere else _resource(kind) for kind in SERVED
                ],
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


def _asked(kind: str, parameters: Sequence[str]) -> dict[str, Any]:
    known = {each["name"]: each for each in (*_COMMON, *map(_parameter, parameters_of(kind).values()))}
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "documentation": "Asked of the record system, one patient at a time: patient is needed. No versions are kept here.",
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "searchParam": [known[name] for name in parameters if name in known],
    }


def _parameter(each: Parameter) -> dict[str, str]:
    return {"name": each.name, "definition": each.url, "type": each.kind}


_COMMON: tuple[dict[str, str], ...] = (
    {"name": "_id", "definition": "http://hl7.org/fhir/SearchParameter/Resource-id", "type": "token"},
    {"name": "_lastUpdated", "definition": "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "type": "date"},
)
