"""Reading: one resource, one version, a page of what matches, within the policy, with words to its reader. One policy for products and the portal.

Order: scope first, then the limit of the context, then the record, then every result once more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from tabard.fhir import Resource, decode, operation_outcome
from tabard.gateway.api import finding
from tabard.gateway.api.bundles import searchset
from tabard.gateway.api.cursors import Cursors, Place
from tabard.gateway.api.found import Found
from tabard.gateway.api.looking import Looking, may_show, outside
from tabard.gateway.api.passing import Passing
from tabard.gateway.api.request import Pairs
from tabard.gateway.api.screening import COUNT, MAX_COUNT, Screened, screen
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.freshness import notices, waits_for
from tabard.gateway.kept import KEPT
from tabard.gateway.model import EncounterContext, PatientContext, Rights
from tabard.gateway.policy import COMPARTMENT, Limit, limit, narrowed, reached
from tabard.gateway.policy.breaking import notices_of
from tabard.gateway.policy.subjects import subjects_of
from tabard.gateway.ports import Elsewhere, Feeds, Page, Stored

PAGE = "_page"
_OF_VISITS = frozenset({"Observation", "DiagnosticReport"})
_UNPLACED = "There are results of this patient of which it is not known here to which visit they belong; they are not shown. Look in the record system itself."
_KEPT = f"Of what is shown, what carries the tag {KEPT} is kept here by a product and is not in the record system."
_KEPT_MARK = f'"{KEPT}"'.encode()
_LOOKS = 3
"""How often a search is looked at again because the record was written meanwhile; it is safe, only less whole, after."""
_PAGES = 25
"""Pages of the record that are gone through for one answer, at most."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Blocking; safe from any thread. Every method raises Refused, and CallerError for a search the record refuses."""

    looking: Looking
    cursors: Cursors
    feeds: Feeds

    @property
    def elsewhere(self) -> Elsewhere:
        """The types that are asked elsewhere."""
        return self.looking.elsewhere

    def read(self, rights: Rights, resource_type: str, resource_id: str) -> Found:
        """The resource as it is now."""
        return self.looking.read(rights, resource_type, resource_id)

    def read_version(self, rights: Rights, resource_type: str, resource_id: str, version: int) -> Found:
        """One version."""
        return self.looking.read_version(rights, resource_type, resource_id, version)

    def search(self, rights: Rights, resource_type: str, pairs: Pairs, patient: str = "") -> Found:
        """A page of a search, the first or (with `_page`) a later one; with `patient`, of that patient's compartment.

        What is in reach and what is found are of one state of the record, so that a visit does not come without its
        patient because a message was filed between two looks; a record that never stands still is looked at `_LOOKS` times.
        What is asked elsewhere is asked once: it is no state of the record.
        """
        if patient:
            pairs = (*pairs, self._compartment(rights, resource_type, patient))
        if resource_type in self.looking.elsewhere:
            return self._searched(rights, resource_type, pairs)
        record = self.looking.record
        before = record.last_change()
        found = self._searched(rights, resource_type, pairs)
        for _ in range(_LOOKS - 1):
            now = record.last_change()
            if now == before:
                break
            before, found = now, self._searched(rights, resource_type, pairs)
        return found

    def matching(self, rights: Rights, resource_type: str, pairs: Pairs, most: int) -> list[Stored]:
        """What matches and may be seen, as it is, `most` at most, found page after page. Raises Refused (400) for too much."""
        found: list[Stored] = []
        within, asked = self.looking.limit(rights, resource_type, "s"), screen(pairs)
        within = narrowed(within, resource_type, asked.parameters, self.looking.shield)
        cursor: str | None = None
        for _ in range(_PAGES):
            page = self.page(rights, resource_type, replace(asked, count=MAX_COUNT), cursor, within)
            found += [stored for stored in page.matches if may_show(within, stored)] if page else []
            if page is None or page.next is None or len(found) >= most:
                return found[:most]
            cursor = page.next
        raise Refused(400, "too-costly", "costly", "This finds too much to be gone through.", remedy="Ask for less.")

    def page(
        self, rights: Rights, resource_type: str, asked: Screened, cursor: str | None, within: Limit
    ) -> Page | None:
        """The record's page; None where nothing is within reach, after the record has judged the parameters themselves."""
        nothing = within.ids is not None and not within.ids
        bounds = (("_id", "none"),) if nothing else within.parameters
        if not within.is_exact and not any(name == "_total" for name, _ in asked.parameters):
            bounds = (*bounds, ("_total", "none"))
        record = self.looking.record
        asking = {"may_reach": Passing(self.looking, rights)} if asked.goes_through else {}
        page = record.search(resource_type, asked.parameters, count=asked.count, cursor=cursor, within=bounds, **asking)
        return None if nothing else page

    def _searched(self, rights: Rights, resource_type: str, pairs: Pairs) -> Found:
        within = self.looking.limit(rights, resource_type, "s")
        asked, cursor = self._asked(rights, resource_type, pairs)
        within = narrowed(within, resource_type, asked.parameters, self.looking.shield)
        page = self.page(rights, resource_type, asked, cursor, within)
        if asked.shape.is_count:
            return self._counted(rights, resource_type, pairs, page, within)
        found = self._seen(rights, resource_type, asked, page, within)
        matches = [self.looking.shown(rights, stored) for stored in found.matches]
        included = reached(self._included(rights, found.included), matches)
        links = self._links(rights, resource_type, asked, found.next, pairs)
        shown = (*matches, *included)
        waiting = self.looking.waiting.of_search(rights, asked.parameters, shown)
        told = (
            *notices(self.feeds()),
            *map(waits_for, waiting),
            *_words(page),
            *self._unplaced(rights, resource_type, found.candidates),
            *_kept(shown),
            *notices_of(within),
        )
        total = self._total(rights, resource_type, asked, page, within)
        body = searchset(self.looking.base, matches, included, told, links=links, total=total, shape=asked.shape)
        return Found(body, _seen(shown), is_waiting=bool(waiting), patients=subjects_of(shown))

    def _seen(
        self, rights: Rights, resource_type: str, asked: Screened, page: Page | None, within: Limit
    ) -> finding.Seen:
        """The page, of what may be seen alone. What is asked elsewhere is asked once, and comes as it is paged there."""

        def ask(cursor: str, count: int) -> Page | None:
            return self.page(rights, resource_type, replace(asked, count=count), cursor, within)

        if page is None:
            return finding.NOTHING
        if resource_type in self.looking.elsewhere:
            return finding.thinned(page, within)
        return finding.seen(page, within, asked.count, ask)

    def _unplaced(self, rights: Rights, resource_type: str, candidates: Sequence[Stored]) -> list[Resource]:
        """In the context of a visit: that there are results of the patient, not withheld, of which it is not known whether they are this visit's."""
        if not isinstance(rights.context, EncounterContext) or resource_type not in _OF_VISITS:
            return []
        whole = replace(rights, context=PatientContext(rights.context.patient, rights.context.glass))
        within = self.looking.limit(whole, resource_type, "s")
        results = (decode(stored.body) for stored in candidates if may_show(within, stored))
        is_whole = all("reference" in (one.get("encounter") or {}) for one in results)
        return [] if is_whole else [operation_outcome("warning", "suppressed", _UNPLACED)]

    def _counted(self, rights: Rights, resource_type: str, pairs: Pairs, page: Page | None, within: Limit) -> Found:
        """The number alone."""
        asked = screen((*(pair for pair in pairs if pair[0] != "_total"), ("_total", "accurate")))
        total = self._total(rights, resource_type, asked, page, within)
        url = f"{self.looking.base}/{resource_type}?{urlencode(pairs)}"
        told = notices(self.feeds())
        body = searchset(self.looking.base, (), (), told, links={"self": url}, total=total, shape=asked.shape)
        return Found(body, ())

    def _total(
        self, rights: Rights, resource_type: str, asked: Screened, page: Page | None, within: Limit
    ) -> int | None:
        """How many match that may be seen; counted one by one where the policy decides on each and it is asked for."""
        if page is None:
            return 0
        if within.is_exact and page.total is not None and not within.withheld:
            return page.total
        if ("_total", "accurate") not in asked.parameters:
            return None
        plain = tuple(
            pair for pair in asked.parameters if not pair[0].startswith(("_include", "_revinclude", "_total", "_sort"))
        )
        return len(self.matching(rights, resource_type, plain, MAX_COUNT * _PAGES))

    def _compartment(self, rights: Rights, resource_type: str, patient: str) -> tuple[str, str]:
        """What a search in a patient's compartment asks besides."""
        if resource_type not in COMPARTMENT:
            raise Refused(404, "not-supported", "route", "There is no such interaction here.")
        within = limit(rights, "Patient", "c", lambda: self.looking.reach.of(rights))
        if within.ids is not None and patient not in within.ids:
            raise outside()
        return COMPARTMENT[resource_type], f"Patient/{patient}"

    def _asked(self, rights: Rights, resource_type: str, pairs: Pairs) -> tuple[Screened, str | None]:
        tokens = [value for name, value in pairs if name == PAGE]
        if not tokens:
            return screen(pairs), None
        added = [pair for pair in pairs if pair[0] != PAGE]
        if len(tokens) > 1 or any(name != COUNT for name, _ in added):
            raise bad_request("cursor", "A paging link is followed as it is, with nothing added.")
        place = self.cursors.open(tokens[0], bearer(rights), resource_type)
        wished = screen(tuple(added))
        if added and (wished.shape.is_count or wished.count < place.count):  # fewer than wished is as FHIR allows
            raise bad_request("cursor", "The pages behind a link are as long as the first was: leave _count out.")
        return replace(screen(place.parameters), count=place.count), place.cursor

    def _included(self, rights: Rights, candidates: Sequence[Stored]) -> list[Stored]:
        """Of what came along, only what the rights would have let be read by itself."""
        limits = {kind: self._limit_of_included(rights, kind) for kind in {stored.type for stored in candidates}}
        return [
            self.looking.shown(rights, stored)
            for stored in candidates
            if (found := limits[stored.type]) and may_show(found, stored)
        ]

    def _limit_of_included(self, rights: Rights, resource_type: str) -> Limit | None:
        try:
            return self.looking.limit(rights, resource_type, "r")
        except Refused:
            return None

    def _links(
        self, rights: Rights, resource_type: str, asked: Screened, cursor: str | None, pairs: Pairs
    ) -> dict[str, str]:
        url = f"{self.looking.base}/{resource_type}"
        links = {"self": f"{url}?{urlencode(pairs)}" if pairs else url}
        if cursor is not None:
            parameters = (*asked.parameters, *asked.shape.pairs)
            place = Place(bearer(rights), resource_type, parameters, asked.count, cursor)
            links["next"] = f"{url}?{PAGE}={self.cursors.seal(place)}"
        return links


def bearer(rights: Rights) -> str:
    """For whom a paging link is good."""
    return rights.grant or f"person:{rights.person}"


def _words(page: object) -> list[Resource]:
    """What a page has to say to its reader, where it is one that may (`ports.Noted`)."""
    told: Sequence[str] = getattr(page, "notices", ())  # not isinstance: asking a protocol costs as much as a look-up
    return [operation_outcome("warning", "suppressed", sentence) for sentence in told]


def _kept(shown: Iterable[Stored]) -> list[Resource]:
    """That something shown is not in the record system."""
    is_any = any(_KEPT_MARK in stored.body for stored in shown)
    return [operation_outcome("information", "informational", _KEPT)] if is_any else []


def _seen(found: Iterable[Stored]) -> tuple[str, ...]:
    return tuple(f"{stored.type}/{stored.id}" for stored in found)
