"""Topics: what can be subscribed to, as data. Pure. Source: Subscriptions R5 Backport 1.1, Subscription Topics; FHIR R5, SubscriptionTopic.

A topic is of one type, some kinds of change, and perhaps of a status that was and a status that is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tabard.fhir import Resource
from tabard.fhir.search_parameters import parameters_of
from tabard.gateway.api.screening import is_hidden
from tabard.gateway.policy import COMPARTMENT
from tabard.gateway.subscriptions.model import What

CANONICAL = "urn:tabard:topic:"
_VERSION = "1"
_COMMON = ("_id", "_tag", "_security")
_FILTERED_BY = frozenset({"token", "reference", "string", "date", "number", "quantity", "uri"})
_NONE = "none"
"""The status of what was not there before."""


@dataclass(frozen=True, slots=True)
class Topic:
    """`was` and `now` are the values of `status` before and after, None where it does not matter."""

    name: str
    type: str
    title: str
    changes: frozenset[What]
    was: frozenset[str] | None = None
    now: frozenset[str] | None = None

    @property
    def url(self) -> str:
        """Its canonical URL, the same at every hospital."""
        return CANONICAL + self.name

    @property
    def filters(self) -> tuple[str, ...]:
        """The search parameters that a filter may name: none that looks at what may be hidden of somebody."""
        own = (each.name for each in parameters_of(self.type).values() if each.kind in _FILTERED_BY)
        return (*_COMMON, *(name for name in own if not is_hidden(name)))

    def is_triggered(self, what: What, before: Resource | None, now: Resource | None) -> bool:
        """Whether a change is what the topic is about; `now` is None where the resource was deleted."""
        if what not in self.changes:
            return False
        if self.was is not None and _status(before) not in self.was:
            return False
        return self.now is None or _status(now) in self.now


_ANY = frozenset(What)
_KEPT = frozenset({What.create, What.update})
_EXPECTED = frozenset({_NONE, "planned", "arrived", "triaged"})
_THERE = frozenset({"in-progress", "onleave"})
_FIXED = (
    Topic("encounter-start", "Encounter", "A visit begins", _KEPT, _EXPECTED, frozenset({"in-progress"})),
    Topic("encounter-end", "Encounter", "A visit ends", _KEPT, _THERE, frozenset({"finished"})),
    Topic("encounter-cancelled", "Encounter", "A visit is called off", _KEPT, None, frozenset({"cancelled"})),
    Topic("observation-created", "Observation", "There is a new observation", frozenset({What.create})),
    Topic("diagnosticreport-created", "DiagnosticReport", "There is a new report", frozenset({What.create})),
)


def topics_of(elsewhere: Collection[str] = ()) -> Mapping[str, Topic]:
    """The topics of a hospital by canonical URL; of types that live `elsewhere` nothing is heard here, so there is none."""
    changed = (
        Topic(f"{kind.lower()}-changed", kind, f"Any {kind} is made, changed or deleted", _ANY)
        for kind in ("Patient", *COMPARTMENT)
    )
    return {topic.url: topic for topic in (*_FIXED, *changed) if topic.type not in elsewhere}


def unheard(elsewhere: Collection[str]) -> tuple[str, ...]:
    """The types that might have had a topic, of which nothing is heard at this hospital."""
    return tuple(kind for kind in ("Patient", *COMPARTMENT) if kind in elsewhere)


def as_basic(topic: Topic, date: str) -> dict[str, Any]:
    """A topic as R4 tells it: a Basic with R5's elements as extensions. Source: Subscriptions R5 Backport, topics in R4."""
    trigger = [_part("description", "Markdown", topic.title), _part("resource", "Uri", _definition(topic.type))]
    trigger += [_part("supportedInteraction", "Code", what.value) for what in What if what in topic.changes]
    criteria = _criteria(topic)
    trigger += [{"url": "queryCriteria", "extension": criteria}] if criteria else []
    told = [
        _r5("url", "Uri", topic.url),
        _r5("version", "String", _VERSION),
        _r5("title", "String", topic.title),
        _r5("date", "DateTime", date),
        {"url": f"{_R4B}resourceTrigger", "extension": trigger},
        *({"url": f"{_R4B}canFilterBy", "extension": _filter(topic.type, name)} for name in topic.filters),
    ]
    return {
        "resourceType": "Basic",
        "id": f"topic-{topic.name}",
        "extension": told,
        "modifierExtension": [_r5("status", "Code", "active")],
        "code": {"coding": [{"system": TYPES, "code": TOPIC}]},
    }


TYPES, TOPIC = "http://hl7.org/fhir/fhir-types", "SubscriptionTopic"
_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic."
_R4B = "http://hl7.org/fhir/4.3/StructureDefinition/extension-SubscriptionTopic."


def _criteria(topic: Topic) -> list[dict[str, Any]]:
    was = "" if topic.was is None else ",".join(sorted(topic.was - {_NONE}))
    now = "" if topic.now is None else ",".join(sorted(topic.now))
    told = [_part("previous", "String", f"status={was}")] if was else []
    if was:
        is_new_told = topic.was is not None and _NONE in topic.was
        told.append(_part("resultForCreate", "Code", "test-passes" if is_new_told else "test-fails"))
    told += [_part("current", "String", f"status={now}")] if now else []
    return [*told, {"url": "requireBoth", "valueBoolean": True}] if was and now else told


def _filter(kind: str, name: str) -> list[dict[str, Any]]:
    return [_part("resource", "Uri", kind), _part("filterParameter", "String", name)]


def _definition(kind: str) -> str:
    return f"http://hl7.org/fhir/StructureDefinition/{kind}"


def _r5(name: str, kind: str, value: str) -> dict[str, Any]:
    return _part(_R5 + name, kind, value)


def _part(url: str, kind: str, value: str) -> dict[str, Any]:
    return {"url": url, f"value{kind}": value}


def _status(resource: Resource | None) -> str:
    return _NONE if resource is None else str(resource.get("status", _NONE))
