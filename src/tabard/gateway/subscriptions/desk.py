"""The desk: what the owner of subscriptions may do with them. Blocking; every method raises Refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import uuid4

from tabard.fhir import Resource
from tabard.gateway.errors import Refused, bad_request, forbidden, not_found
from tabard.gateway.kept import stale
from tabard.gateway.model import ClientKind, Rights
from tabard.gateway.subscriptions.asked import wanted_of
from tabard.gateway.subscriptions.delivering import Delivering
from tabard.gateway.subscriptions.endpoints import Endpoints
from tabard.gateway.subscriptions.judging import require_topic
from tabard.gateway.subscriptions.model import Content, Status, Subscription
from tabard.gateway.subscriptions.ports import Sockets
from tabard.gateway.subscriptions.shown import Told, notification, resource_of
from tabard.gateway.subscriptions.standing import owner_of

_MOST_EVENTS = 100
_LEVELS = tuple(Content)
_SEARCHED = frozenset({"_id", "status", "criteria", "topic", "url", "type", "_format", "_pretty", "_count"})


class Caught(NamedTuple):
    """The answer of `$events`, and what of it the audit is told."""

    body: bytes
    seen: tuple[str, ...]
    patients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Any thread. `delivering` has all that is needed to tell what is asked for too."""

    delivering: Delivering
    endpoints: Endpoints
    sockets: Sockets
    nudge: Callable[[], None] = lambda: None

    def create(self, rights: Rights, resource: Resource) -> Subscription:
        """A new subscription, whose handshake is to come."""
        if resource.get("status") != "requested":
            raise bad_request("status", "A new subscription has the status requested.")
        made = self._judged(rights, resource, None)
        self.delivering.shelf.add(made)
        return made

    def update(self, rights: Rights, id_: str, resource: Resource, version: int | None) -> Subscription:
        """The subscription as it is wanted now: told again after another handshake, or off. Its events go on."""
        before = self.read(rights, id_)
        if resource.get("id") != id_:
            raise bad_request("id", "The id of the resource is not that of the address.")
        if version is not None and version != before.version:
            raise stale()
        if before.status is Status.off:
            raise Refused(
                409, "conflict", "off", "This subscription is off, and stays so.", remedy="Read why, and make another."
            )
        if resource.get("status") == Status.off:
            self.delivering.shelf.off(id_, "Its owner turned it off.")
        elif not self.delivering.shelf.replace(
            before, self._same_topic(self._judged(rights, resource, before), before)
        ):
            raise stale()
        return self.read(rights, id_)

    def read(self, rights: Rights, id_: str) -> Subscription:
        """One of the owner's; there is none of anybody else's."""
        found = self.delivering.shelf.find(id_, owner_of(rights))
        if found is None:
            raise not_found()
        return found

    def delete(self, rights: Rights, id_: str) -> None:
        """Take it away: nothing more is told."""
        self.delivering.shelf.remove(self.read(rights, id_).id)

    def search(self, rights: Rights, pairs: tuple[tuple[str, str], ...]) -> tuple[Subscription, ...]:
        """Those of the owner's that match all of the parameters, each with one value or several of which one must hold."""
        if any(name not in _SEARCHED for name, _ in pairs):
            raise bad_request("parameters", "This is not searched by.", remedy=", ".join(sorted(_SEARCHED)))
        asked = [(name, set(value.split(","))) for name, value in pairs if name not in {"_format", "_pretty", "_count"}]
        return tuple(
            one
            for one in self.delivering.shelf.all(owner_of(rights))
            if all(_field(one, name) in values for name, values in asked)
        )

    def events(self, rights: Rights, id_: str, asked: Mapping[str, str]) -> Caught:
        """What happened between two numbers, for whoever was not there when it was told.

        Numbered by what the subscription may see, and shown by what it and the asking token may see: that may be less.
        """
        if asked.keys() - {"eventsSinceNumber", "eventsUntilNumber", "content", "_format", "_pretty"}:
            raise bad_request("parameters", "$events takes eventsSinceNumber, eventsUntilNumber and content.")
        one = self.read(rights, id_)
        standing = self.delivering.standing.rights_of(one)
        if standing is None or one.status is Status.off:
            raise forbidden("off", "This subscription is off.", remedy="Make another.")
        since, until = _number(asked, "eventsSinceNumber", 1), _number(asked, "eventsUntilNumber", 2**53)
        topic = self.delivering.topics.get(one.wanted.topic)
        if topic is not None:
            require_topic(rights, topic)
        mine = replace(rights, scopes=standing.scopes.narrow(rights.scopes))
        self._number_waiting(one, standing)
        one = self.read(rights, id_)
        chosen = self.delivering.events.between(id_, since, until, _MOST_EVENTS)
        ready = self.delivering.prepared(one, mine, chosen) if chosen else ()
        content = _content(asked, one)
        more = _missing(since, min(until, one.last), ready)
        at = self.delivering.clock()
        body = notification(
            self.delivering.base, one, "query-event", at, ready, content, more, self.delivering.freshness()
        )
        shown = [each for each in ready if each.is_shown and content is not Content.empty]
        seen = tuple(dict.fromkeys(each.event.reference for each in shown))
        return Caught(body, seen, tuple(dict.fromkeys(name for each in shown for name in each.patients)))

    def shown(self, one: Subscription) -> Resource:
        """The subscription as a resource."""
        return resource_of(one, self.delivering.topics.get(one.wanted.topic))

    def _number_waiting(self, one: Subscription, rights: Rights) -> None:
        """What waits gets its numbers, as if it were about to be told: an endpoint that is away must not hide it."""
        waiting = self.delivering.events.waiting(one.id, _MOST_EVENTS)
        if waiting:
            self.delivering.prepared(one, rights, waiting)

    def _judged(self, rights: Rights, resource: Resource, before: Subscription | None) -> Subscription:
        """What is asked for, if these rights let it be."""
        delivering = self.delivering
        now = delivering.clock()
        wanted = wanted_of(resource, delivering.topics, now)
        topic = delivering.topics[wanted.topic]
        require_topic(rights, topic)
        delivering.judging.looking.limit(rights, topic.type, "r")
        self._require_way(rights, wanted.endpoint)
        made = Subscription(
            id=str(uuid4()) if before is None else before.id,
            version=1,
            owner=owner_of(rights),
            kind=rights.client_kind,
            grant=None if rights.client_kind is ClientKind.backend else rights.grant,
            scopes=str(rights.scopes),
            status=Status.requested,
            error="",
            wanted=wanted,
            made=now,
            changed=now,
            begun=None,
            last=0,
            attempts=0,
            next=now,
            sent=now,
        )
        if delivering.standing.rights_of(made) is None:
            raise forbidden(
                "lent", "This token is good for one call, or what approved it has ended: nothing can hang on it.",
                remedy="Subscribe with the token of a launch, or of a backend service.",
            )  # fmt: skip
        return made

    def _same_topic(self, made: Subscription, before: Subscription) -> Subscription:
        """Refuse another topic: what waits was noticed by that which it had."""
        if made.wanted.topic != before.wanted.topic:
            raise Refused(
                422, "business-rule", "topic", "The topic of a subscription stays.", where="Subscription.criteria",
                remedy="Make another for another topic.",
            )  # fmt: skip
        return made

    def _require_way(self, rights: Rights, endpoint: str) -> None:
        """Refuse where there is no way to tell it."""
        client = rights.client or ""
        if endpoint:
            self.endpoints.require(client, rights.client_kind, endpoint)
        elif rights.client_kind is not ClientKind.product or not self.sockets.has_server(client):
            raise Refused(
                422, "invalid", "endpoint", "An endpoint is needed.", where="Subscription.channel.endpoint",
                remedy="Only a product with a server of its own is told without one.",
            )  # fmt: skip


def _field(one: Subscription, name: str) -> str:
    match name:
        case "_id":
            return one.id
        case "status":
            return one.status.value
        case "criteria" | "topic":
            return one.wanted.topic
        case "url":
            return one.wanted.endpoint
        case _:
            return "rest-hook"


def _content(asked: Mapping[str, str], one: Subscription) -> Content:
    """What is wished, where that is no more than the subscription tells."""
    try:
        wished = Content(asked.get("content", one.wanted.content))
    except ValueError:
        raise bad_request("content", "content is empty, id-only or full-resource.") from None
    return min(wished, one.wanted.content, key=_LEVELS.index)


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    told = asked.get(name)
    if told is None:
        return default
    if not (told.isascii() and told.isdigit() and len(told) <= 15):  # noqa: PLR2004  more digits than events there will be
        raise bad_request("number", f"{name} is a whole number.")
    return int(told)


def _missing(since: int, until: int, ready: tuple[Told, ...]) -> str:
    """A word about what was asked for and is not in the answer; "" where all is."""
    numbers = [each.event.number for each in ready if each.event.number is not None]
    first, last = (numbers[0], numbers[-1]) if numbers else (until + 1, since - 1)
    if until < since:
        return ""
    if not numbers or first > max(since, 1):
        return f"Events before {first} are not kept any more."
    return f"There is more: ask again from {last + 1}." if last < until else ""
