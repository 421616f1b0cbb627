"""The CapabilityStatement: what is offered, nothing more. Source: FHIR R4, CapabilityStatement; 3.1.0.6."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from tabard.fhir.search_parameters import Parameter, parameters_of
from tabard.gateway.api.audited import declared
from tabard.gateway.api.offering import Offering
from tabard.gateway.ports import Elsewhere

_SECURITY_SYSTEM = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
"""By which a client that is older than discovery finds the endpoints. Source: SMART App Launch 1.0, "Conformance"."""
_READ_ONLY = "Read-only: what came by a link changes only by the link."
_WRITABLE = (
    "What came by a link changes only by the link. What a product writes back carries a tag (urn:tabard:write-back) until the"
    " record system tells it back: pending, accepted (received, not filed), rejected or unclear. What a product keeps here"
    " carries the tag urn:tabard:kept|not-in-ehr, and only that product changes it. Prefer: handling=lenient is taken as"
    " strict: nothing that is not understood is ignored."
)
_BACK = {
    "create": "Sent on to the record system, for the patient of the launch. If-None-Exist takes identifier=SYSTEM|VALUE, one that the resource has too. Never in a transaction.",
    "update": "Telephones, addresses and marital status of the patient of the launch, with If-Match; answered with 202. Never in a transaction.",
}
_KEPT = "Kept here and not in the record system, for the patient of the launch."
_ASKED = "Asked of the record system, one patient at a time: patient is needed. No versions are kept here."
_SYSTEM = (
    {"code": "batch", "documentation": "At most 100 entries, each by itself."},
    {
        "code": "transaction",
        "documentation": "At most 100 entries, all or nothing: reads, and changes of what is kept here.",
    },
    {"code": "history-system", "documentation": "Of what lies within the context of the launch."},
)
_EVERYTHING = {
    "name": "everything",
    "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "documentation": "Takes _since, _type, _count.",
}


class Topics(NamedTuple):
    """What can be subscribed to: canonical URLs, and the types of which nothing is heard at this hospital."""

    urls: Sequence[str]
    unheard: Sequence[str]


def capability_statement(
    base: str,
    auth: str,
    version: str,
    date: str,
    elsewhere: Elsewhere,
    offering: Offering,
    topics: Topics | None = None,
) -> dict[str, Any]:
    """The statement of the server at `base`, its OAuth endpoints below `auth`, of Tabard `version`, as of `date` (a FHIR date).

    Of the types that are asked `elsewhere` it tells which search parameters hold there.
    """
    resources = [_resource(kind, offering, elsewhere) for kind in offering.types()]
    resources += [] if topics is None else [_subscription(topics)]
    resources += [declared()] if offering.has_audit else []
    is_written = any(code in {"create", "update"} for kind in offering.types() for code in offering.of(kind))
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "patchFormat": ["application/json-patch+json"],
        "software": {"name": "Tabard", "version": version},
        "implementation": {"description": "The gateway of one hospital", "url": base},
        "rest": [
            {
                "mode": "server",
                "documentation": _WRITABLE if is_written else _READ_ONLY,
                "security": _security(auth),
                "resource": resources,
                "interaction": list(_SYSTEM),
            }
        ],
    }


def _security(auth: str) -> dict[str, Any]:
    coding = {"system": _SECURITY_SYSTEM, "code": "SMART-on-FHIR"}
    ends = [{"url": name, "valueUri": f"{auth}/{name}"} for name in ("authorize", "token", "revoke", "introspect")]
    oauth = {"url": _OAUTH_URIS, "extension": ends}
    return {
        "extension": [oauth],
        "cors": True,
        "service": [{"coding": [coding], "text": "SMART App Launch, EHR launch, PKCE S256"}],
    }


def _resource(kind: str, offering: Offering, elsewhere: Elsewhere) -> dict[str, Any]:
    codes = offering.of(kind)
    has_versions, is_kept = "vread" in codes, "delete" in codes
    told: dict[str, Any] = {
        "type": kind,
        "interaction": [_interaction(code, is_kept=is_kept) for code in codes],
        **({"documentation": _ASKED} if kind in offering.elsewhere else {}),
        "versioning": "versioned" if has_versions or is_kept else "no-version",
        "readHistory": has_versions,
        "updateCreate": False,
        "conditionalCreate": "create" in codes,
        "conditionalRead": "full-support",
        "conditionalUpdate": is_kept,
        "conditionalDelete": "not-supported",
    }
    if "search-type" in codes:
        told |= _searching(kind, elsewhere)
    return {**told, "operation": [_EVERYTHING]} if kind == "Patient" else told


_SUBSCRIPTION = "Subscription"
_GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport"
_SUBSCRIBED = (
    "Topic-based, by rest-hook, each for the client that made it; heartbeats from 10 s, at most 100 events to a notification,"
    " told at least once and in order. Never in a Bundle. Events are kept for 7 days, 1000 of those told and 10000 that wait."
    " The topics are at Basic?code=SubscriptionTopic."
)


def _subscription(topics: Topics) -> dict[str, Any]:
    """Source: Subscriptions R5 Backport 1.1, R4 server CapabilityStatement and topic discovery."""
    unheard = f" Nothing is heard here of: {', '.join(topics.unheard)}, which are asked of the record system." if topics.unheard else ""  # fmt: skip
    url = f"{_GUIDE}/StructureDefinition/capability-subscriptiontopic-canonical"
    operations = ("status", "events")
    return {
        "extension": [{"url": url, "valueCanonical": topic} for topic in topics.urls],
        "type": _SUBSCRIPTION,
        "supportedProfile": [f"{_GUIDE}/StructureDefinition/backport-subscription"],
        "documentation": _SUBSCRIBED + unheard,
        "interaction": [{"code": code} for code in ("create", "read", "update", "delete", "search-type")],
        "versioning": "versioned-update",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "searchParam": [
            _COMMON[0],
            *(_parameter(parameters_of(_SUBSCRIPTION)[name]) for name in ("criteria", "status", "type", "url")),
        ],
        "operation": [
            {"name": name, "definition": f"{_GUIDE}/OperationDefinition/backport-subscription-{name}"}
            for name in operations
        ],
    }


def _interaction(code: str, *, is_kept: bool) -> dict[str, str]:
    if code not in {"create", "update", "patch", "delete"}:
        return {"code": code}
    return {"code": code, "documentation": _KEPT if is_kept else _BACK[code]}


def _searching(kind: str, elsewhere: Elsewhere) -> dict[str, Any]:
    own = parameters_of(kind).values()
    if kind in elsewhere:
        known = {each["name"]: each for each in (*_COMMON, *map(_parameter, own))}
        return {"searchParam": [known[name] for name in elsewhere[kind] if name in known]}
    includes = [f"{kind}:{each.name}" for each in own if each.kind == "reference"]
    told: dict[str, Any] = {"searchParam": [*_COMMON, *map(_parameter, own)]}
    return {**told, "searchInclude": includes} if includes else told


@cache
def _parameter(each: Parameter) -> dict[str, str]:
    return {"name": each.name, "definition": each.url, "type": each.kind}


_COMMON: tuple[dict[str, str], ...] = (
    {"name": "_id", "definition": "http://hl7.org/fhir/SearchParameter/Resource-id", "type": "token"},
    {"name": "_lastUpdated", "definition": "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "type": "date"},
)
