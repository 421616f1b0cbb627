"""Judging: what of an event its owner may be told, by the very policy of reading, at the moment of telling.

The version is judged, and what the resource has become since; a filter that would look at what is hidden finds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.fhir import decode
from tabard.fhir.matching import matches
from tabard.fhir.search_errors import BadSearch
from tabard.gateway.api.found import is_deleted
from tabard.gateway.api.looking import Looking, may_show
from tabard.gateway.errors import Refused
from tabard.gateway.model import Rights
from tabard.gateway.policy import limit, narrowed, require_scope
from tabard.gateway.policy.subjects import subjects_of
from tabard.gateway.ports import Stored
from tabard.gateway.subscriptions.model import Event, What
from tabard.gateway.subscriptions.shown import Told
from tabard.gateway.subscriptions.topics import Topic

_Filters = Sequence[tuple[str, str]]


def require_topic(rights: Rights, topic: Topic) -> None:
    """Refuse (403) a topic of a type that the rights let nobody search and read."""
    require_scope(rights, topic.type, "s")
    require_scope(rights, topic.type, "r")


@dataclass(frozen=True, slots=True)
class Judging:
    """Blocking; any thread."""

    looking: Looking

    def told(self, rights: Rights, event: Event, filters: _Filters) -> Told:
        """The event as it may be told: with its resource, or with nothing but that it was."""
        try:
            stored = self._permitted(rights, event, filters)
        except Refused:
            return Told(event, is_shown=False)
        if stored is None:
            return Told(event, is_shown=False)
        body = None if event.what is What.delete else stored.body
        patients = (stored.id,) if stored.type == "Patient" else subjects_of((stored,))
        return Told(event, is_shown=True, body=body, patients=patients)

    def _permitted(self, rights: Rights, event: Event, filters: _Filters) -> Stored | None:
        """The version as it may be shown; of a deletion, the one before it. Raises Refused."""
        if event.what is What.delete:
            stored = self._before_deletion(rights, event)
            return stored if stored is not None and self._is_searched(rights, stored, filters) else None
        shown = self.looking.read_version(rights, event.type, event.id, event.version).stored
        stored = self.looking.record.read_version(event.type, event.id, event.version)
        return shown if stored is not None and self._is_searched(rights, stored, filters) else None

    def _before_deletion(self, rights: Rights, event: Event) -> Stored | None:
        """The version that was deleted, where it and what has become of it may be seen. Raises Refused."""
        within = self.looking.limit(rights, event.type, "r")
        now = self.looking.record.read(event.type, event.id)
        stored = self.looking.record.read_version(event.type, event.id, event.version - 1)
        judged = [one for one in (stored, now) if one is not None and not is_deleted(one)]
        return stored if stored in judged and all(may_show(within, one) for one in judged) else None

    def _is_searched(self, rights: Rights, stored: Stored, filters: _Filters) -> bool:
        """Whether a search by these filters, which may be others than when it was noticed, would find it by what is shown of it."""
        require_scope(rights, stored.type, "s")
        within = limit(rights, stored.type, "s", lambda: self.looking.reach.of(rights))
        within = narrowed(within, stored.type, tuple(filters), self.looking.shield)
        found = decode(stored.body)
        try:
            return (not filters or matches(found, filters)) and within.permits(stored.id, lambda: found)
        except BadSearch:
            return False
