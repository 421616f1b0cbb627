"""Notifications of subscriptions, read strictly: what is not as the guide and the hospital say is refused whole. Pure.

Source: Subscriptions R5 Backport 1.1, backport-subscription-notification-r4 and backport-subscription-status-r4.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tabard_kit.errors import BadCall
from tabard_kit.fhir import Resource

_MOST_EVENTS = 100
"""Of one notification: the most that a subscription may ask for."""

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_REFERENCE = re.compile(r"(?:.*/)?([A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64})", re.ASCII)
_SUBSCRIPTION = "Subscription/"


class NotificationType(StrEnum):
    """What a notification is for: that the hospital reaches this server, that it still does, or that something happened."""

    handshake = "handshake"
    heartbeat = "heartbeat"
    events = "event-notification"


class Change(StrEnum):
    """What happened to a resource, as the entry of its event says it."""

    created = "POST"
    updated = "PUT"
    deleted = "DELETE"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: its number in the subscription, when (an instant as text), to what, and how.

    `focus` is as `Patient/1`, and with `change` None where the content is `empty` or it may not be seen any more;
    `resource` is None where the content is not `full-resource`, or it is gone.
    """

    number: int
    at: str
    focus: str | None = field(default=None, repr=False)
    change: Change | None = None
    resource: Resource | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Notification:
    """What the hospital tells: of which subscription (its id) and topic ("" with the content `empty`), and the events in order.

    `last` is the number of the subscription's newest event, told or not; `feeds` says how fresh the hospital's feeds are,
    as the header `Tabard-Feed`.
    """

    type: NotificationType
    subscription: str
    topic: str
    status: str
    last: int
    events: tuple[Event, ...] = ()
    feeds: str = ""


def notification_of(told: Any) -> Notification:
    """The notification that a Bundle's JSON is. Raises BadCall where it is none."""
    if not isinstance(told, dict) or told.get("resourceType") != "Bundle" or told.get("type") != "history":
        raise BadCall("a notification is a Bundle of the type history")
    entries = told.get("entry")
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise BadCall("a notification has entries")
    status = entries[0].get("resource")
    if not isinstance(status, dict) or status.get("resourceType") != "Parameters":
        raise BadCall("the first entry of a notification is its status, as Parameters")
    parameters = _objects(status.get("parameter"), "the status has parameters")
    read = _Status(parameters)
    kind = read.kind()
    events = tuple(_events(parameters, entries[1:]))
    if bool(events) != (kind is NotificationType.events):
        raise BadCall("an event-notification has events, and nothing else has")
    if [one.number for one in events] != sorted({one.number for one in events}):
        raise BadCall("the events of a notification come in the order of their numbers")
    reference = read.subscription()
    topic, feeds = read.one("topic", "valueCanonical", ""), read.one("tabard-feed", "valueString", "")
    last = _whole(read.one("events-since-subscription-start", "valueString"))
    return Notification(kind, reference, topic, read.one("status", "valueCode"), last, events, feeds)


@dataclass(frozen=True, slots=True)
class _Status:
    """The parameters of a status that come once."""

    parameters: Sequence[Mapping[str, Any]]

    def kind(self) -> NotificationType:
        told = self.one("type", "valueCode")
        try:
            return NotificationType(told)
        except ValueError:
            raise BadCall("a notification is a handshake, a heartbeat or an event-notification") from None

    def subscription(self) -> str:
        reference = _reference(self.one("subscription", "valueReference", kind=dict))
        if not reference.startswith(_SUBSCRIPTION):
            raise BadCall("a notification says of which Subscription it is")
        return reference.removeprefix(_SUBSCRIPTION)

    def one(self, name: str, value: str, default: Any = None, kind: type = str) -> Any:
        return _one(self.parameters, name, value, default, kind)


def _one(parts: Sequence[Mapping[str, Any]], name: str, value: str, default: Any = None, kind: type = str) -> Any:
    """The value of the one part of that name; `default` where there is none, and one must be where that is None."""
    found = [each.get(value) for each in parts if each.get("name") == name]
    if not found and default is not None:
        return default
    if len(found) != 1 or not isinstance(found[0], kind):
        raise BadCall(f"a notification has one {name}, as {value}")
    return found[0]


def _events(parameters: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
    """The events; each that has a focus has the next entry, and none is left over."""
    told = [one for one in parameters if one.get("name") == "notification-event"]
    if len(told) > _MOST_EVENTS:
        raise BadCall(f"a notification has at most {_MOST_EVENTS} events")
    left = iter(entries)
    for one in told:
        parts = _objects(one.get("part"), "an event has parts")
        number = _whole(_one(parts, "event-number", "valueString"))
        at = _one(parts, "timestamp", "valueInstant")
        focus = _one(parts, "focus", "valueReference", {}, dict)
        yield _seen(number, at, _reference(focus), next(left, None)) if focus else Event(number, at)
    if next(left, None) is not None:
        raise BadCall("a notification has entries of its events alone")


def _seen(number: int, at: str, focus: str, entry: Mapping[str, Any] | None) -> Event:
    """An event whose focus is told."""
    if entry is None or _reference({"reference": entry.get("fullUrl")}) != focus:
        raise BadCall("an event that names its focus has the entry of that")
    request, resource = entry.get("request"), entry.get("resource")
    try:
        change = Change(request["method"])  # type: ignore[index]  # what is no object is caught just below
    except (TypeError, KeyError, ValueError):
        raise BadCall("an entry says by its request what happened: POST, PUT or DELETE") from None
    if resource is not None and (
        not isinstance(resource, dict) or f"{resource.get('resourceType')}/{resource.get('id')}" != focus
    ):
        raise BadCall("the resource of an entry is the focus of its event")
    return Event(number, at, focus, change, resource)


def _objects(told: Any, words: str) -> list[dict[str, Any]]:
    if not isinstance(told, list) or not told or not all(isinstance(one, dict) for one in told):
        raise BadCall(words)
    return told


def _reference(told: Mapping[str, Any]) -> str:
    """`Type/id`, of a reference that may be a whole address."""
    text = told.get("reference")
    found = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise BadCall("a reference ends in a type and an id")
    return found[1]


def _whole(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise BadCall("numbers of events are whole")
    return int(text)
