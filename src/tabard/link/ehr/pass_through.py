"""Pass-through: the record with what the EHR holds of a patient, as one thing that can be read.

Observations and DiagnosticReports come from the EHR at the moment they are asked for, one patient at a time; all else is
the record's. Each question is asked beside the proof that the two patients are one: without the proof nothing is answered.
"""

import math
from collections.abc import Mapping, Sequence

from tabard.fhir.asking import Added, AnyOf, MayReach
from tabard.ground.errors import CallerError
from tabard.link.ehr.driver import FhirDriver, Searched
from tabard.link.ehr.errors import Doubt, Doubtful, Unsupported
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.kept import Kept, Question
from tabard.link.ehr.known import KnownRecord
from tabard.link.ehr.pace import Budget
from tabard.link.ehr.pages import KEPT, PARTIAL, WITHHELD, Continued, PassedPage, read, written
from tabard.link.ehr.proving import Proving
from tabard.link.ehr.searches import MOST_IDS, TABLE, Asked, Pairs, searchable, understand
from tabard.link.ehr.showing import Showing, Shown, newest_first
from tabard.record import Page, RecordReader, Stored

_PAGES_IN_ORDER = 5
_OWN_CODE_SETS = "https://fhir.cerner.com/{}/codeSet/"


class PassThrough:
    """Implements the gateway's Record. Blocking; safe from any thread. Raises Doubtful, Unsupported and EhrError besides."""

    def __init__(
        self,
        record: RecordReader,
        driver: FhirDriver,
        proving: Proving,
        showing: Showing,
        id_map: IdMap,
        link: str,
        kept: Kept | None = None,
    ) -> None:
        self._record = record
        self._driver = driver
        self._proving = proving
        self._showing = showing
        self._map = id_map
        self._link = link
        self._known = KnownRecord(record)
        self._kept = kept

    @property
    def elsewhere(self) -> Mapping[str, Sequence[str]]:
        """The types that are not in the record, with the search parameters that hold for them."""
        return {kind: searchable(kind) for kind in TABLE}

    def last_change(self) -> int:
        """The number of the record's last write. Of what passes through nothing is kept, so it never grows old."""
        return self._record.last_change()

    def read(self, resource_type: str, resource_id: str) -> Stored | None:
        """The resource as it is now, None where there is none, or none that a search has told of."""
        if resource_type not in TABLE:
            return self._record.read(resource_type, resource_id)
        row = self._map.by_ours(resource_type, resource_id)
        if row is None or self._map.id_of(resource_type, row.theirs) != row.ours:
            return None
        patient = self._known.survivor(row.patient)
        proof, found = self._proving.ask(patient, lambda _, budget: self._each(resource_type, [row], budget))
        if not found.resources:
            return None
        passed = self._showing.show(proof, resource_type, found.resources, [row])
        if not passed.stored:
            raise Doubtful(Doubt.other_chart)
        return passed.stored[0]

    def read_version(self, resource_type: str, resource_id: str, version: int) -> Stored | None:
        """One version of what is in the record. Raises Unsupported for what passes through."""
        self._require_kept(resource_type)
        return self._record.read_version(resource_type, resource_id, version)

    def history(self, resource_type: str, resource_id: str) -> Sequence[Stored]:
        """The versions of what is in the record. Raises Unsupported for what passes through."""
        self._require_kept(resource_type)
        return self._record.history(resource_type, resource_id)

    def search(
        self,
        resource_type: str,
        parameters: Sequence[tuple[str, str]],
        *,
        count: int | None = None,
        cursor: str | None = None,
        within: Sequence[Added] = (),
        may_reach: MayReach | None = None,
    ) -> Page | PassedPage:
        """One page, of the record or of one patient's chart in the EHR.

        Alternatives in `within` are no question that the EHR understands: there the caller judges what comes.
        """
        if resource_type not in TABLE:
            return self._record.search(
                resource_type, parameters, count=count, cursor=cursor, within=within, may_reach=may_reach
            )
        asked = understand(resource_type, parameters, [one for one in within if not isinstance(one, AnyOf)], count)
        if asked.patient is None:
            return PassedPage((), None)
        place = None if cursor is None else read(cursor)
        if place is not None and place.patient != asked.patient:
            raise CallerError("This paging link is another patient's.", remedy="Search again from the first page.")
        if asked.ids is not None:
            return self._by_ids(resource_type, asked.patient, asked.ids)
        if asked.is_sorted and not TABLE[resource_type].is_newest_first:
            return self._in_order(resource_type, asked.patient, asked, place)
        return self._page(resource_type, asked.patient, asked, place)

    def _page(self, kind: str, patient: str, asked: Asked, place: Continued | None) -> PassedPage:
        age_s: list[float] = []

        def question(theirs: str, budget: Budget) -> Searched:
            if place is None:
                return self._asked(patient, theirs, Question(kind, self._parameters(asked)), budget, age_s)
            if place.theirs != theirs or not place.link:
                raise Doubtful(Doubt.another_there)
            return self._driver.search_on(place.link, budget)

        proof, found = self._proving.ask(patient, question)
        passed = self._showing.show(proof, kind, found.resources)
        shown = sorted(passed.stored, key=newest_first) if asked.is_sorted else passed.stored
        onward = None if found.next is None else written(Continued(patient, proof.bond.theirs, link=found.next))
        return PassedPage(tuple(shown), onward, (*_notices(passed, is_partial=found.is_partial), *_aged(age_s)))

    def _asked(self, patient: str, theirs: str, question: Question, budget: Budget, age_s: list[float]) -> Searched:
        """The EHR's answer: of now, or one that was kept a moment ago; then its age is put into `age_s`."""
        age_s.clear()
        if self._kept is not None:
            if not any(name in TABLE[question.type].dates for name, _ in question.parameters):
                self._kept.wanted(question)  # one with a date is another one every minute
            found = self._kept.fresh(patient, theirs, question)
            if found is not None:
                age_s.append(found[1])
                return found[0]
        parameters = (("patient", theirs), *question.parameters)
        return self._driver.search_all(question.type, parameters, budget, question.pages)

    def _in_order(self, kind: str, patient: str, asked: Asked, place: Continued | None) -> PassedPage:
        """All of it, newest first, page by page: the EHR's own pages are in no order."""
        age_s: list[float] = []
        whole = asked._replace(page_size=TABLE[kind].most)

        def question(theirs: str, budget: Budget) -> Searched:
            all_of_it = Question(kind, self._parameters(whole), _PAGES_IN_ORDER)
            return self._asked(patient, theirs, all_of_it, budget, age_s)

        proof, found = self._proving.ask(patient, question)
        if found.next is not None:
            raise Unsupported(
                "There are too many to put in order.",
                where="_sort",
                remedy="Narrow the search by date, or leave the order out.",
            )
        passed = self._showing.show(proof, kind, found.resources)
        keyed = sorted((newest_first(one), one) for one in passed.stored)
        rest = [pair for pair in keyed if place is None or place.after is None or pair[0] > tuple(place.after)]
        page = rest[: asked.page_size]
        onward = (
            written(Continued(patient, proof.bond.theirs, after=page[-1][0]))
            if len(rest) > len(page) and page
            else None
        )
        notices = (*_notices(passed, is_partial=found.is_partial), *_aged(age_s))
        return PassedPage(tuple(one for _, one in page), onward, notices)

    def _by_ids(self, kind: str, patient: str, ids: tuple[str, ...]) -> PassedPage:
        """Single resources, each read by itself; of another patient's nothing is told, not even that it exists."""
        rows = [row for one in ids[:MOST_IDS] if (row := self._map.by_ours(kind, one)) is not None]
        theirs = [row for row in rows if self._known.survivor(row.patient) == patient]
        if not theirs:
            return PassedPage((), None)
        proof, found = self._proving.ask(patient, lambda _, budget: self._each(kind, theirs, budget))
        passed = self._showing.show(proof, kind, found.resources, theirs)
        return PassedPage(passed.stored, None, _notices(passed, is_partial=False))

    def _each(self, kind: str, rows: Sequence[Row], budget: Budget) -> Searched:
        """Each read by its own id, as one answer."""
        found = (self._driver.read(kind, row.theirs, budget) for row in rows)
        return Searched(tuple(one for one in found if one is not None), None)

    def _parameters(self, asked: Asked) -> Pairs:
        tenant = self._driver.base.rpartition("/")[2]
        ours, own = f"urn:tabard:ehr:{self._link}:codeSet:", _OWN_CODE_SETS.format(tenant)
        sent = tuple((name, value.replace(ours, own)) for name, value in asked.parameters)
        return (*sent, ("_count", str(asked.page_size)))

    def _require_kept(self, resource_type: str) -> None:
        if resource_type in TABLE:
            raise Unsupported(
                "Of results that are asked of the record system there are no versions here.",
                remedy="Read it as it is now.",
            )


def _notices(passed: Shown, *, is_partial: bool) -> tuple[str, ...]:
    return (*(() if passed.is_whole else (WITHHELD,)), *((PARTIAL,) if is_partial else ()))


def _aged(age_s: Sequence[float]) -> tuple[str, ...]:
    """How old what is shown is; nothing where it is of now."""
    return tuple(KEPT.format(math.ceil(one)) for one in age_s)
