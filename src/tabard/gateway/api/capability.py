"""The CapabilityStatement: what is built, nothing more. Source: FHIR R4, CapabilityStatement; 3.1.0.6."""

from collections.abc import Collection, Sequence
from typing import Any

from tabard.fhir.search_parameters import Parameter, parameters_of
from tabard.gateway.policy import SERVED, WRITTEN
from tabard.gateway.ports import Elsewhere, Writes

_SECURITY_SYSTEM = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_READ_ONLY = "Read-only: what came by a link changes only by the link."
_WRITABLE = (
    "What came by a link changes only by the link. What a product writes carries a tag (urn:tabard:write-back) until the"
    " record system tells it back: pending, accepted (received, not filed), rejected or unclear."
)
_HOW = {
    "create": "For the patient of the launch. If-None-Exist takes identifier=SYSTEM|VALUE, one that the resource has too.",
    "update": "Telephones, addresses and marital status of the patient of the launch, with If-Match; answered with 202.",
}
_INTERACTIONS = ("read", "vread", "history-instance", "search-type")


def capability_statement(
    base: str, version: str, date: str, elsewhere: Elsewhere, writes: Writes | None = None
) -> dict[str, Any]:
    """The statement of the server at `base`, of Tabard `version`, as of `date` (a FHIR date).

    Of the types that are asked `elsewhere` it tells what holds there, and of `writes` what this hospital takes.
    """
    creatable = frozenset() if writes is None else writes.types
    updatable = {"Patient"} if writes is not None and writes.updates_patients else frozenset()
    resources = [_asked(kind, elsewhere[kind]) if kind in elsewhere else _resource(kind) for kind in SERVED]
    resources += [_written(kind) for kind in WRITTEN if kind in creatable]
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
                "documentation": _WRITABLE if creatable or updatable else _READ_ONLY,
                "security": _security(),
                "resource": [_changed(one, creatable, updatable) for one in resources],
            }
        ],
    }


def _changed(resource: dict[str, Any], creatable: Collection[str], updatable: Collection[str]) -> dict[str, Any]:
    """What is told of a type, with how it can be written."""
    told = [
        *(["create"] if resource["type"] in creatable else []),
        *(["update"] if resource["type"] in updatable else []),
    ]
    if not told:
        return resource
    interactions = [*resource["interaction"], *({"code": code, "documentation": _HOW[code]} for code in told)]
    return {**resource, "interaction": interactions, "conditionalCreate": "create" in told}


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


def _written(kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "interaction": [{"code": "read"}],
        "documentation": "Only what products wrote here, by its id, for the patient of the launch.",
        "versioning": "versioned",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
    }


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
