"""Noticing: which writes of the record concern which subscriptions. Each is looked at once, in order, and noted durably."""

from collections.abc import Mapping, Sequence

import structlog

from tabard.fhir import NotJson, Resource, decode
from tabard.fhir.matching import matches
from tabard.fhir.search_errors import BadSearch
from tabard.gateway.subscriptions.events import Events, Noted
from tabard.gateway.subscriptions.hearing import Hearing
from tabard.gateway.subscriptions.model import Event, Status, Subscription, What
from tabard.gateway.subscriptions.ports import Feed, Write
from tabard.gateway.subscriptions.shelf import Shelf
from tabard.gateway.subscriptions.topics import Topic

_BATCH = 500
_MISSHAPEN = (NotJson, AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What reading a resource of no shape that FHIR knows may come to."""

_Listening = tuple[Subscription, Topic]
_log = structlog.get_logger("tabard.gateway.subscriptions")


class Noticing:
    """For one thread. It begins behind the last write that there is when a hospital first has it."""

    def __init__(self, feed: Feed, shelf: Shelf, events: Events, topics: Mapping[str, Topic], hearing: Hearing) -> None:
        self._feed = feed
        self._shelf = shelf
        self._events = events
        self._topics = topics
        self._hearing = hearing
        place = events.place()
        if place is None:
            place = feed.last_change()
            events.note(place, ())
        self._place = place

    def look(self) -> bool:
        """Look at what was written since, some of it at most; whether there is more that can be looked at now."""
        writes = self._feed.changes(self._place, _BATCH)
        if not writes:
            return False
        all_ = [(one, self._topics.get(one.wanted.topic)) for one in self._shelf.all(statuses=_LISTENING)]
        listening = [(one, topic) for one, topic in all_ if topic is not None]
        noted: list[Noted] = []
        place = self._place
        for write in writes:
            found = self._guarded(write, listening)
            if found is None:
                break
            noted += found
            place = write.seq
        if place == self._place:
            return False
        self._events.note(place, noted)
        self._place = place
        return place == writes[-1].seq

    def _guarded(self, write: Write, listening: Sequence[_Listening]) -> list[Noted] | None:
        """The same; a write that cannot be understood concerns nobody, is logged, and keeps no other back."""
        try:
            return self._noted(write, listening)
        except _MISSHAPEN as fault:
            _log.error("write not understood", seq=write.seq, why=type(fault).__name__)
            return []

    def _noted(self, write: Write, listening: Sequence[_Listening]) -> list[Noted] | None:
        """Whom one write concerns; None where it is not told yet whether it was live."""
        name = (write.type, write.id, write.version)
        concerned = [(one, topic) for one, topic in listening if topic.type == write.type and _is_begun(one, write)]
        now = self._feed.read_version(*name) if concerned else None
        if now is None:
            self._hearing.drop(name)
            return []
        is_live = self._hearing.is_live(write.seq, name, now.source)
        if not is_live:
            return None if is_live is None else []
        before = self._before(write)
        is_there = bool(now.body)
        what = What.delete if not is_there else What.create if before is None else What.update
        resource = decode(now.body) if is_there else None
        event = Event(0, None, write.type, write.id, write.version, what, write.at)
        return [
            Noted(one.id, event)
            for one, topic in concerned
            if topic.is_triggered(what, before, resource) and _is_matched(one, resource or before)
        ]

    def _before(self, write: Write) -> Resource | None:
        """What was there before, None where nothing was."""
        stored = self._feed.read_version(write.type, write.id, write.version - 1) if write.version > 1 else None
        return decode(stored.body) if stored is not None and stored.body else None


_LISTENING = (Status.requested, Status.active, Status.error)


def _is_begun(one: Subscription, write: Write) -> bool:
    return one.begun is not None and write.seq > one.begun


def _is_matched(one: Subscription, resource: Resource | None) -> bool:
    if resource is None:
        return False
    try:
        return not one.wanted.filters or matches(resource, one.wanted.filters)
    except BadSearch as error:  # a filter that an earlier Tabard took
        _log.error("filter not understood", subscription=one.id, why=type(error).__name__)
        return False
