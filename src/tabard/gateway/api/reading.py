"""The interactions: read, version read, history, search. One policy for products and for the portal's door.

Order: scope first, then the limit of the context, then the record, then every result once more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from tabard.fhir import Resource, decode, operation_outcome
from tabard.fhir.scopes import Letter
from tabard.gateway.api.bundles import history, searchset
from tabard.gateway.api.cursors import Cursors, Place
from tabard.gateway.api.found import Found, one
from tabard.gateway.api.screening import Pairs, Screened, screen
from tabard.gateway.api.waiting import Waiting
from tabard.gateway.errors import Refused, bad_request, forbidden, not_found
from tabard.gateway.freshness import notices, waits_for
from tabard.gateway.model import EncounterContext, Rights
from tabard.gateway.policy import (
    WRITTEN,
    Limit,
    ReachMemory,
    Shield,
    is_within,
    limit,
    narrowed,
    reached,
    require_scope,
)
from tabard.gateway.ports import Elsewhere, Feeds, Noted, Page, Record, Stored, Writes

PAGE = "_page"
_OF_VISITS = frozenset({"Observation", "DiagnosticReport"})
_UNPLACED = "There are results of this patient of which it is not known here to which visit they belong; they are not shown. Look in the record system itself."
_LOOKS = 3
"""How often a search is looked at again because the record was written meanwhile; it is safe, only less whole, after."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Blocking; safe from any thread. Every method raises Refused, and CallerError for a search the record refuses."""

    base: str
    record: Record
    reach: ReachMemory
    feeds: Feeds
    cursors: Cursors
    elsewhere: Elsewhere
    writes: Writes | None
    waiting: Waiting
    shield: Shield

    def read(self, rights: Rights, resource_type: str, resource_id: str) -> Found:
        """The resource as it is now."""
        if resource_type in WRITTEN and self.writes is not None and resource_type in self.writes.types:
            return self._one(self._written(rights, resource_type, resource_id))
        return self._one(self._current(resource_type, resource_id, self._limit(rights, resource_type, "r")))

    def read_version(self, rights: Rights, resource_type: str, resource_id: str, version: int) -> Found:
        """One version, where the resource as it is now may be seen, and that version too."""
        within = self._limit(rights, resource_type, "r")
        self._require_versions(resource_type)
        now = self._current(resource_type, resource_id, within)
        stored = self.record.read_version(resource_type, resource_id, version)
        if stored is None:
            raise not_found()
        _require(within, stored)
        return self._one(stored, now)

    def history(self, rights: Rights, resource_type: str, resource_id: str) -> Found:
        """The versions that may be seen, newest first, where the resource as it is now may be seen."""
        within = self._limit(rights, resource_type, "r")
        self._require_versions(resource_type)
        now = self._current(resource_type, resource_id, within)
        kept = self.record.history(resource_type, resource_id)
        versions = [self.shield.shown(each, now) for each in kept if _may_show(within, each)]
        url = f"{self.base}/{resource_type}/{resource_id}/_history"
        return Found(history(self.base, versions, url), _seen(versions[:1]), is_waiting=self.waiting.of_one(now))

    def search(self, rights: Rights, resource_type: str, pairs: Pairs) -> Found:
        """A page of a search, the first or (with `_page`) a later one.

        What is in reach and what is found are of one state of the record, so that a visit does not come without its
        patient because a message was filed between two looks; a record that never stands still is looked at `_LOOKS` times.
        What is asked elsewhere is asked once: it is no state of the record.
        """
        if resource_type in self.elsewhere:
            return self._searched(rights, resource_type, pairs)
        before = self.record.last_change()
        found = self._searched(rights, resource_type, pairs)
        for _ in range(_LOOKS - 1):
            now = self.record.last_change()
            if now == before:
                break
            before, found = now, self._searched(rights, resource_type, pairs)
        return found

    def _searched(self, rights: Rights, resource_type: str, pairs: Pairs) -> Found:
        within = self._limit(rights, resource_type, "s")
        asked, cursor = self._asked(rights, resource_type, pairs)
        within = narrowed(within, resource_type, asked.parameters, self.shield)
        page = self._page(resource_type, asked, cursor, within)
        matches = [self.shield.shown(stored) for stored in page.matches if _may_show(within, stored)] if page else []
        included = reached(self._included(rights, page.included if page else ()), matches)
        total = None if not within.is_exact else page.total if page else 0
        links = self._links(rights, resource_type, asked, page, pairs)
        waiting = self.waiting.of_search(rights, asked.parameters, (*matches, *included))
        told = (*notices(self.feeds()), *map(waits_for, waiting), *_words(page), *_unplaced(rights, page))
        body = searchset(self.base, matches, included, told, links=links, total=total)
        return Found(body, _seen((*matches, *included)), is_waiting=bool(waiting))

    def _one(self, stored: Stored, now: Stored | None = None) -> Found:
        """A version as it may be shown, `now` being what it has become."""
        return one(self.shield.shown(stored, now), is_waiting=self.waiting.of_one(stored))

    def _limit(self, rights: Rights, resource_type: str, letter: Letter) -> Limit:
        require_scope(rights, resource_type, letter)
        return limit(rights, resource_type, letter, lambda: self.reach.of(rights))

    def _require_versions(self, resource_type: str) -> None:
        if resource_type in self.elsewhere:
            raise Refused(
                404,
                "not-supported",
                "no_versions",
                "Of results that are asked of the record system no versions are kept here.",
                remedy="Read it as it is now.",
            )

    def _current(self, resource_type: str, resource_id: str, within: Limit) -> Stored:
        if within.ids is not None and resource_id not in within.ids:  # without a look: whether it exists is not told
            raise _outside()
        stored = self._own(resource_type, resource_id) or self.record.read(resource_type, resource_id)
        if stored is None:
            raise not_found()
        _require(within, stored)
        return stored

    def _own(self, resource_type: str, resource_id: str) -> Stored | None:
        """Of what is asked elsewhere: what a product wrote here, for as long as it is not there."""
        if self.writes is None or resource_type not in self.elsewhere:
            return None
        return self.writes.written(resource_type, resource_id)

    def _written(self, rights: Rights, resource_type: str, resource_id: str) -> Stored:
        """What a product wrote here, for the patient of the launch, and in the context of a visit for that visit."""
        require_scope(rights, resource_type, "r")
        stored = None if self.writes is None else self.writes.written(resource_type, resource_id)
        if stored is None:
            raise not_found()
        if not is_within(rights, decode(stored.body)):
            raise _outside()
        return stored

    def _asked(self, rights: Rights, resource_type: str, pairs: Pairs) -> tuple[Screened, str | None]:
        tokens = [value for name, value in pairs if name == PAGE]
        if not tokens:
            return screen(pairs), None
        if len(pairs) > 1:
            raise bad_request("cursor", "A paging link is followed as it is, with nothing added.")
        place = self.cursors.open(tokens[0], _bearer(rights), resource_type)
        return Screened(place.parameters, place.count), place.cursor

    def _page(self, resource_type: str, asked: Screened, cursor: str | None, within: Limit) -> Page | None:
        """The record's page; None where nothing is within reach, after the record has judged the parameters themselves."""
        nothing = within.ids is not None and not within.ids
        bounds = (("_id", "none"),) if nothing else within.parameters
        if not within.is_exact and not any(name == "_total" for name, _ in asked.parameters):
            bounds = (*bounds, ("_total", "none"))
        page = self.record.search(resource_type, asked.parameters, count=asked.count, cursor=cursor, within=bounds)
        return None if nothing else page

    def _included(self, rights: Rights, candidates: Sequence[Stored]) -> list[Stored]:
        """Of what came along, only what the rights would have let be read by itself."""
        limits = {kind: self._limit_of_included(rights, kind) for kind in {stored.type for stored in candidates}}
        return [
            self.shield.shown(stored)
            for stored in candidates
            if (found := limits[stored.type]) and _may_show(found, stored)
        ]

    def _limit_of_included(self, rights: Rights, resource_type: str) -> Limit | None:
        try:
            return self._limit(rights, resource_type, "r")
        except Refused:
            return None

    def _links(
        self, rights: Rights, resource_type: str, asked: Screened, page: Page | None, pairs: Pairs
    ) -> dict[str, str]:
        url = f"{self.base}/{resource_type}"
        links = {"self": f"{url}?{urlencode(pairs)}" if pairs else url}
        if page is not None and page.next is not None:
            place = Place(_bearer(rights), resource_type, asked.parameters, asked.count, page.next)
            links["next"] = f"{url}?{PAGE}={self.cursors.seal(place)}"
        return links


def _may_show(within: Limit, stored: Stored) -> bool:
    return within.permits(stored.id, lambda: decode(stored.body))


def _require(within: Limit, stored: Stored) -> None:
    if not _may_show(within, stored):
        raise _outside()


def _outside() -> Refused:
    return forbidden("context", "This is outside the context that the product was launched with.")


def _bearer(rights: Rights) -> str:
    return rights.grant or f"person:{rights.person}"


def _words(page: object) -> list[Resource]:
    """What a page has to say to its reader."""
    told = page.notices if isinstance(page, Noted) else ()
    return [operation_outcome("warning", "suppressed", sentence) for sentence in told]


def _unplaced(rights: Rights, page: Page | None) -> list[Resource]:
    """In the context of a visit: that there are results of which it is not known whether they are this visit's."""
    if page is None or not isinstance(rights.context, EncounterContext):
        return []
    results = (decode(stored.body) for stored in page.matches if stored.type in _OF_VISITS)
    is_whole = all("reference" in (one.get("encounter") or {}) for one in results)
    return [] if is_whole else [operation_outcome("warning", "suppressed", _UNPLACED)]


def _seen(found: Iterable[Stored]) -> tuple[str, ...]:
    return tuple(f"{stored.type}/{stored.id}" for stored in found)
