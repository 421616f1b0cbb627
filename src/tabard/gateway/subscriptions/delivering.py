"""Delivering: what one subscription is due, one thing after another: handshake, notification, heartbeat, or its end.

Events go in order, at least once: an event keeps its number however often it is sent, and the next does not go before it has
arrived. What is told is judged just before, audited before it leaves, and stripped of what may not be told any more.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import structlog

from tabard.audit import AuditEvent, AuditLog, AuditUnavailable, Outcome
from tabard.gateway.freshness import feed_header
from tabard.gateway.model import Rights, told
from tabard.gateway.policy.breaking import glass_of
from tabard.gateway.ports import Feeds
from tabard.gateway.subscriptions.events import KEPT, MOST_WAITING, Events
from tabard.gateway.subscriptions.judging import Judging
from tabard.gateway.subscriptions.model import Content, Event, Status, Subscription
from tabard.gateway.subscriptions.ports import Feed
from tabard.gateway.subscriptions.sending import Sending, Sent
from tabard.gateway.subscriptions.shelf import Shelf
from tabard.gateway.subscriptions.shown import Told, notification
from tabard.gateway.subscriptions.standing import Standing
from tabard.gateway.subscriptions.topics import Topic
from tabard.ground.time import Clock, to_us

HANDSHAKES, ATTEMPTS = 3, 12
"""How often it is tried, before the subscription is in error."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
NO_RIGHTS = "What it was approved by has ended."
AT_ITS_END = "Its time is over."
TOO_MUCH = "More waited for it than is kept."
_AUDIT_WAIT = timedelta(seconds=5)
_log = structlog.get_logger("tabard.gateway.subscriptions")


@dataclass(frozen=True, slots=True)
class Delivering:
    """Blocking; one thread at a time for one subscription."""

    base: str
    feed: Feed
    shelf: Shelf
    events: Events
    topics: Mapping[str, Topic]
    standing: Standing
    judging: Judging
    sending: Sending
    audit: AuditLog
    clock: Clock
    feeds: Feeds
    numbering: Lock = field(default_factory=Lock)

    def due(self, one: Subscription, waiting: Mapping[str, tuple[int, int]]) -> bool:
        """Whether there is anything to do for it now."""
        now = self.clock()
        if one.status is Status.off:
            return False
        if _is_over(one, now) or _is_too_much(waiting.get(one.id), now):
            return True
        if one.status is Status.error or one.next > now:
            return False
        return one.status is Status.requested or one.id in waiting or _is_beating(one, now)

    def step(self, id_: str) -> bool:
        """Do one thing that is due; whether there may be more to do at once. Without an audit nothing is done, for a while."""
        one = self.shelf.find(id_)
        waiting = self.events.whose()
        if one is None or not self.due(one, waiting):
            return False
        try:
            return self._step(one, waiting)
        except AuditUnavailable:
            self.shelf.change(one, next_us=to_us(self.clock() + _AUDIT_WAIT))
            return False

    def _step(self, one: Subscription, waiting: Mapping[str, tuple[int, int]]) -> bool:
        rights = self.standing.rights_of(one)
        now = self.clock()
        if _is_over(one, now) or rights is None or _is_too_much(waiting.get(one.id), now):
            why = AT_ITS_END if _is_over(one, now) else NO_RIGHTS if rights is None else TOO_MUCH
            self.turn_off(one, why)
            return False
        if one.status is Status.requested:
            return self._shake(one)
        return self._tell(one, rights) if one.id in waiting else self._beat(one)

    def check(self, one: Subscription) -> None:
        """Turn it off where nobody may be told anything any more."""
        if one.status is not Status.off and self.standing.rights_of(one) is None:
            with suppress(AuditUnavailable):  # it is looked at again, and told nothing meanwhile
                self.turn_off(one, NO_RIGHTS)

    def turn_off(self, one: Subscription, why: str) -> None:
        """End it, in the audit too; its owner may still read how it is."""
        self._write(one, "subscription-off", Outcome.granted, reason=why)
        self.shelf.move(one, Status.off, why)

    def prepared(self, one: Subscription, rights: Rights, events: tuple[Event, ...]) -> tuple[Told, ...]:
        """Events as they may be told, each numbered now or before; what may not be told and has no number is forgotten."""
        with self.numbering:
            judged = [self.judging.told(rights, event, one.wanted.filters) for event in events]
            kept = [each for each in judged if each.is_shown or each.event.number is not None]
            hidden = [each.event for each in judged if not each.is_shown and each.event.number is None]
            numbered = self.events.number(one.id, [each.event for each in kept], hidden)
        return tuple(each._replace(event=event) for each, event in zip(kept, numbered, strict=False))

    def freshness(self) -> str:
        """How fresh the feeds are, as the header `Tabard-Feed` says it."""
        return feed_header(self.feeds()).decode("ascii")

    def _shake(self, one: Subscription) -> bool:
        """A handshake. What is written from now on concerns it: whoever has taken the handshake misses nothing."""
        if one.begun is None and not self.shelf.change(one, begun=self.feed.last_change()):
            return True
        self._write(one, "handshake", Outcome.granted)
        sent = self.sending.send(one, notification(self.base, one, "handshake", self.clock(), feeds=self.freshness()))
        if sent.why:
            self._write(one, "handshake", Outcome.failed, status=sent.status, reason=sent.why)
            self._failed(one, sent, HANDSHAKES)
            return False
        self.shelf.move(one, Status.active, **self._arrived())
        return True

    def _tell(self, one: Subscription, rights: Rights) -> bool:
        waiting = self.events.waiting(one.id, one.wanted.most)
        ready = self.prepared(one, rights, waiting)
        if not ready:
            return True
        now_one = self.shelf.find(one.id)
        if now_one is None or now_one.version != one.version or self.standing.rights_of(one) != rights:
            return True  # changed meanwhile: begin again with what it is now
        body = notification(self.base, now_one, "event-notification", self.clock(), ready, feeds=self.freshness())
        self._write(one, "notify", Outcome.granted, ready, rights, sent_bytes=len(body))
        sent = self.sending.send(one, body)
        if sent.why:
            self._write(one, "notify", Outcome.failed, (), rights, status=sent.status, reason=sent.why)
            self._failed(one, sent, ATTEMPTS)
            return False
        self.events.delivered(one.id, [each.event for each in ready])
        return self.shelf.change(one, **self._arrived())

    def _beat(self, one: Subscription) -> bool:
        sent = self.sending.send(one, notification(self.base, one, "heartbeat", self.clock(), feeds=self.freshness()))
        if sent.why:
            self._failed(one, sent, ATTEMPTS)
            return False
        return self.shelf.change(one, **self._arrived())

    def _arrived(self) -> dict[str, Any]:
        now = to_us(self.clock())
        return {"attempts": 0, "next_us": now, "sent_us": now}

    def _failed(self, one: Subscription, sent: Sent, most: int) -> None:
        """Try again later, ever later; in the end the subscription is in error, and keeps what waits for it."""
        attempts = one.attempts + 1
        _log.warning("notification failed", subscription=one.id, status=sent.status, attempts=attempts)
        if attempts >= most:
            self.shelf.move(one, Status.error, f"{sent.why} Tried {attempts} times.", attempts=0)
            return
        wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
        self.shelf.change(one, attempts=attempts, next_us=to_us(self.clock() + wait))

    def _write(
        self,
        one: Subscription,
        action: str,
        outcome: Outcome,
        ready: tuple[Told, ...] = (),
        rights: Rights | None = None,
        *,
        status: int | None = None,
        reason: str | None = None,
        sent_bytes: int | None = None,
    ) -> None:
        """The audit, durable when this returns. Raises AuditUnavailable."""
        shown = [each for each in ready if each.is_shown and one.wanted.content is not Content.empty]
        event = AuditEvent(
            self.clock(),
            action,
            outcome,
            person=one.owner.person,
            client=one.owner.client,
            grant=one.grant,
            context=None if rights is None else told(rights.context),
            glass=None if rights is None else glass_of(rights),
            resource=f"Subscription/{one.id}",
            status=status,
            reason=reason,
            purpose=one.wanted.topic,
            seen=tuple(dict.fromkeys(each.event.reference for each in shown)),
            patients=tuple(dict.fromkeys(patient for each in shown for patient in each.patients)),
            sent_bytes=sent_bytes,
        )
        self.audit.write(event).result()


def _is_over(one: Subscription, now: datetime) -> bool:
    return one.wanted.end is not None and one.wanted.end <= now


def _is_beating(one: Subscription, now: datetime) -> bool:
    period = one.wanted.heartbeat_s
    return period > 0 and one.sent + timedelta(seconds=period) <= now


def _is_too_much(waiting: tuple[int, int] | None, now: datetime) -> bool:
    return waiting is not None and (waiting[0] > MOST_WAITING or waiting[1] < to_us(now - KEPT))
