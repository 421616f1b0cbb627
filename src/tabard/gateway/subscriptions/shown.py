"""A subscription as its owner sees it, and notifications as Bundles. Pure. No header of a channel is ever shown.

Source: Subscriptions R5 Backport 1.1, profiles backport-subscription, backport-subscription-notification-r4 and
backport-subscription-status-r4; FHIR R4, Bundle (bdl-3, bdl-4: entries of a history have a request and a response).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from tabard.fhir import Resource
from tabard.gateway.subscriptions import urls
from tabard.gateway.subscriptions.asked import JSON
from tabard.gateway.subscriptions.model import DEFAULT_COUNT, DEFAULT_TIMEOUT_S, Content, Event, Subscription, What
from tabard.gateway.subscriptions.topics import Topic
from tabard.ground.time import to_instant

FEEDS = "tabard-feed"
"""The parameter by which a notification says how fresh the feeds are, as the header of that name does."""

_METHODS = {What.create: ("POST", "201"), What.update: ("PUT", "200"), What.delete: ("DELETE", "204")}


class Told(NamedTuple):
    """An event as it may be told: `is_shown` whether its resource may be named at all, `body` that, None where it is gone."""

    event: Event
    is_shown: bool
    body: bytes | None = None
    patients: tuple[str, ...] = ()


def resource_of(one: Subscription, topic: Topic | None) -> Resource:
    """The Subscription, without the headers of its channel."""
    wanted = one.wanted
    numbers: list[dict[str, Any]] = [{"url": urls.MAX_COUNT, "valuePositiveInt": wanted.most}]
    if wanted.timeout_s != DEFAULT_TIMEOUT_S:
        numbers.append({"url": urls.TIMEOUT, "valueUnsignedInt": wanted.timeout_s})
    if wanted.heartbeat_s:
        numbers.append({"url": urls.HEARTBEAT, "valueUnsignedInt": wanted.heartbeat_s})
    shown = numbers if wanted.most != DEFAULT_COUNT else numbers[1:]
    told: Resource = {
        "resourceType": "Subscription",
        "id": one.id,
        "meta": {
            "versionId": str(one.version),
            "lastUpdated": to_instant(one.changed),
            "profile": [urls.PROFILE],
        },
        "status": one.status.value,
        "reason": wanted.reason,
        "criteria": wanted.topic,
        **({"error": one.error} if one.error else {}),
        "channel": {
            **({"extension": shown} if shown else {}),
            "type": "rest-hook",
            **({"endpoint": wanted.endpoint} if wanted.endpoint else {}),
            "payload": JSON,
            "_payload": {"extension": [{"url": urls.CONTENT, "valueCode": wanted.content.value}]},
        },
    }
    if wanted.filters and topic is not None:
        text = f"{topic.type}?{urlencode(wanted.filters, safe='/|,:')}"
        told["_criteria"] = {"extension": [{"url": urls.FILTER, "valueString": text}]}
    if wanted.end is not None:
        told["end"] = to_instant(wanted.end)
    return told


def notification(
    base: str,
    one: Subscription,
    kind: str,
    at: datetime,
    told: Sequence[Told] = (),
    content: Content | None = None,
    more: str = "",
    feeds: str = "",
) -> bytes:
    """A notification Bundle of a kind: handshake, heartbeat, event-notification or query-event.

    `more` is a word to its reader, `feeds` how fresh the links are: that nothing is told must not look as if nothing happened.
    """
    level = one.wanted.content if content is None else content
    status = _status(base, one, kind, told, level, more)
    if feeds:
        status["parameter"].append({"name": FEEDS, "valueString": feeds})
    entry = {
        "fullUrl": f"urn:uuid:{status['id']}",
        "resource": status,
        "request": {"method": "GET", "url": f"Subscription/{one.id}/$status"},
        "response": {"status": "200"},
    }
    entries = [] if level is Content.empty else [_entry(base, each, level) for each in told if each.is_shown]
    bundle = {
        "resourceType": "Bundle",
        "id": str(uuid4()),
        "meta": {"profile": [urls.NOTIFICATION]},
        "type": "history",
        "timestamp": to_instant(at),
        "entry": [entry, *entries],
    }
    return msgspec.json.encode(bundle)


def statuses(base: str, ones: Sequence[Subscription]) -> dict[str, Any]:
    """The answer of `$status`: a searchset of how each is."""
    entries = [
        {
            "fullUrl": f"urn:uuid:{status['id']}",
            "resource": status,
            "search": {"mode": "match"},
        }
        for status in (_status(base, one, "query-status", (), one.wanted.content, "") for one in ones)
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(ones), "entry": entries} if ones else _NOTHING


_NOTHING: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": 0}


def _status(
    base: str, one: Subscription, kind: str, told: Sequence[Told], content: Content, more: str
) -> dict[str, Any]:
    is_told = content is not Content.empty
    parameters: list[dict[str, Any]] = [
        {"name": "subscription", "valueReference": {"reference": f"{base}/Subscription/{one.id}"}},
        *([{"name": "topic", "valueCanonical": one.wanted.topic}] if is_told else []),
        {"name": "status", "valueCode": one.status.value},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(one.last)},
        *(_event(each, is_named=is_told and each.is_shown, base=base) for each in told),
        *({"name": "error", "valueCodeableConcept": {"text": text}} for text in (one.error, more) if text),
    ]
    return {
        "resourceType": "Parameters",
        "id": str(uuid4()),
        "meta": {"profile": [urls.STATUS]},
        "parameter": parameters,
    }


def _event(told: Told, *, is_named: bool, base: str) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"name": "event-number", "valueString": str(told.event.number)},
        {"name": "timestamp", "valueInstant": to_instant(told.event.at)},
    ]
    if is_named:
        parts.append({"name": "focus", "valueReference": {"reference": f"{base}/{told.event.reference}"}})
    return {"name": "notification-event", "part": parts}


def _entry(base: str, told: Told, content: Content) -> dict[str, Any]:
    method, status = _METHODS[told.event.what]
    url = told.event.type if told.event.what is What.create else told.event.reference
    is_whole = content is Content.full_resource and told.body is not None
    return {
        "fullUrl": f"{base}/{told.event.reference}",
        **({"resource": msgspec.Raw(told.body)} if is_whole and told.body is not None else {}),
        "request": {"method": method, "url": url},
        "response": {"status": status},
    }
