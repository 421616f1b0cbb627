"""For a product's own tests: a service called, and what hears of changes told, as the hospital would, without a hospital."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tabard_kit.fhir import Resource
from tabard_kit.hooks import Services, services
from tabard_kit.notifications import Change, Event, NotificationType


def called(
    id_: str,
    prefetch: Mapping[str, Resource | None] | None = None,
    *,
    patient: str = "patient-1",
    of: Services = services,
) -> list[dict[str, Any]]:
    """The cards that a service answers for a patient, as JSON and back: what would not go over the wire does not pass here."""
    call = {
        "hook": of.by_id[id_].hook,
        "hookInstance": "00000000-0000-4000-8000-000000000000",
        "context": {"userId": "Practitioner/practitioner-1", "patientId": patient},
        "prefetch": dict(prefetch or {}),
    }
    answer = json.loads(json.dumps(of.answer(id_, json.loads(json.dumps(call)))))
    cards: list[dict[str, Any]] = answer["cards"]
    return cards


def notified(
    topic: str,
    events: Sequence[Event] = (),
    *,
    type: NotificationType = NotificationType.events,  # noqa: A002  the standard's word
    subscription: str = "subscription-1",
    of: Services = services,
) -> None:
    """Tell the function of a topic, as JSON and back. Raises BadCall, NobodyListens, and NotTaken where the function raised."""
    told = notification(topic, events, type=type, subscription=subscription)
    of.listening.hear(json.loads(json.dumps(told)))


def notification(
    topic: str,
    events: Sequence[Event] = (),
    *,
    type: NotificationType = NotificationType.events,  # noqa: A002  the standard's word
    subscription: str = "subscription-1",
) -> Resource:
    """The Bundle that a hospital sends; `topic` is "" where the content is `empty`."""
    last = str(max((one.number for one in events), default=0))
    status = [
        {"name": "subscription", "valueReference": {"reference": f"{_BASE}/Subscription/{subscription}"}},
        *([{"name": "topic", "valueCanonical": topic}] if topic else []),
        {"name": "status", "valueCode": "requested" if type is NotificationType.handshake else "active"},
        {"name": "type", "valueCode": type.value},
        {"name": "events-since-subscription-start", "valueString": last},
        *({"name": "notification-event", "part": _parts(one)} for one in events),
    ]
    entries = [{"resource": {"resourceType": "Parameters", "parameter": status}}]
    entries += [_entry(one) for one in events if one.focus]
    return {"resourceType": "Bundle", "type": "history", "entry": entries}


def bundle(*resources: Resource) -> Resource:
    """A search's Bundle of these resources."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources]}


_BASE = "https://hospital.example/fhir"


def _parts(one: Event) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [
        {"name": "event-number", "valueString": str(one.number)},
        {"name": "timestamp", "valueInstant": one.at},
    ]
    return [*parts, {"name": "focus", "valueReference": {"reference": f"{_BASE}/{one.focus}"}}] if one.focus else parts


def _entry(one: Event) -> dict[str, Any]:
    change = one.change or Change.updated
    return {
        "fullUrl": f"{_BASE}/{one.focus}",
        **({"resource": one.resource} if one.resource else {}),
        "request": {"method": change.value, "url": one.focus},
    }
