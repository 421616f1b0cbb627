"""Pass-through: the record with what the EHR holds of a patient, as one thing that can be read.

Observations and DiagnosticReports come from the EHR at the moment they are asked for, one patient at a time; all else is
the record's. Each question is asked beside the proof that the two patients are one: without the proof nothing is answered.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple, TypeVar

from tabard.fhir import Resource, encode
from tabard.fhir.dates import range_of
from tabard.ground.errors import CallerError
from tabard.ground.time import from_us
from tabard.link.ehr.driver import FhirDriver, Searched
from tabard.link.ehr.errors import Doubt, Doubtful, EhrError, Unsupported
from tabard.link.ehr.guard import leaks, places_of
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.joining import Bond, Joining
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.pages import PARTIAL, WITHHELD, Continued, PassedPage, read, written
from tabard.link.ehr.rewriting import Chart, rewrite
from tabard.link.ehr.searches import MOST_IDS, TABLE, Asked, Pairs, searchable, understand
from tabard.link.ehr.staff import Staff
from tabard.link.ehr.visits import Joined, Visits
from tabard.record import Page, RecordReader, Stored

_TRIES = 2
_PAGES_IN_ORDER = 5
_VERSION_BYTES = 5
_UNNUMBERED = "not yet"
_OWN_CODE_SETS = "https://fhir.cerner.com/{}/codeSet/"
_Asked = TypeVar("_Asked")


class _Proof(NamedTuple):
    """Whose chart was asked about, and the record's ids of the visits in it."""

    bond: Bond
    visits: Joined


class _Passed(NamedTuple):
    """What may be shown of an answer, and whether something of it may not."""

    stored: tuple[Stored, ...]
    is_whole: bool


class PassThrough:
    """Implements the gateway's Record. Blocking; safe from any thread. Raises Doubtful, Unsupported and EhrError besides."""

    def __init__(  # noqa: PLR0913  each is a part that has its own file
        self,
        record: RecordReader,
        driver: FhirDriver,
        joining: Joining,
        visits: Visits,
        staff: Staff,
        id_map: IdMap,
        *,
        link: str,
        patience_s: float,
        pace: Pace,
        beside: Executor,
        tell: Callable[[str, str], None],
    ) -> None:
        self._record = record
        self._driver = driver
        self._joining = joining
        self._visits = visits
        self._staff = staff
        self._map = id_map
        self._link = link
        self._patience_s = patience_s
        self._pace = pace
        self._beside = beside
        self._tell = tell
        self._places = places_of(driver.base)
        self._systems = {there: here for here, there in joining.systems.items()}

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
        patient = self._joining.record.survivor(row.patient)
        proof, found = self._proven(patient, lambda _, budget: self._driver.read(resource_type, row.theirs, budget))
        if found is None:
            return None
        passed = self._passed(proof, resource_type, [found], [row])
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
        within: Sequence[tuple[str, str]] = (),
    ) -> Page | PassedPage:
        """One page, of the record or of one patient's chart in the EHR."""
        if resource_type not in TABLE:
            return self._record.search(resource_type, parameters, count=count, cursor=cursor, within=within)
        asked = understand(resource_type, parameters, within, count)
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
        def question(theirs: str, budget: Budget) -> Searched:
            if place is None:
                return self._driver.search(kind, self._parameters(theirs, asked), budget)
            if place.theirs != theirs or not place.link:
                raise Doubtful(Doubt.another_there)
            return self._driver.search_on(place.link, budget)

        proof, found = self._proven(patient, question)
        passed = self._passed(proof, kind, found.resources)
        shown = sorted(passed.stored, key=_order) if asked.is_sorted else passed.stored
        onward = None if found.next is None else written(Continued(patient, proof.bond.theirs, link=found.next))
        return PassedPage(tuple(shown), onward, _notices(passed, is_partial=found.is_partial))

    def _in_order(self, kind: str, patient: str, asked: Asked, place: Continued | None) -> PassedPage:
        """All of it, newest first, page by page: the EHR's own pages are in no order."""

        def question(theirs: str, budget: Budget) -> Searched:
            whole = asked._replace(page_size=TABLE[kind].most)
            return self._driver.search_all(kind, self._parameters(theirs, whole), budget, _PAGES_IN_ORDER)

        proof, found = self._proven(patient, question)
        if found.next is not None:
            raise Unsupported(
                "There are too many to put in order.",
                where="_sort",
                remedy="Narrow the search by date, or leave the order out.",
            )
        passed = self._passed(proof, kind, found.resources)
        keyed = sorted((_order(one), one) for one in passed.stored)
        rest = [pair for pair in keyed if place is None or place.after is None or pair[0] > tuple(place.after)]
        page = rest[: asked.page_size]
        onward = (
            written(Continued(patient, proof.bond.theirs, after=page[-1][0]))
            if len(rest) > len(page) and page
            else None
        )
        return PassedPage(tuple(one for _, one in page), onward, _notices(passed, is_partial=found.is_partial))

    def _by_ids(self, kind: str, patient: str, ids: tuple[str, ...]) -> PassedPage:
        """Single resources, each read by itself; of another patient's nothing is told, not even that it exists."""
        rows = [row for one in ids[:MOST_IDS] if (row := self._map.by_ours(kind, one)) is not None]
        theirs = [row for row in rows if self._joining.record.survivor(row.patient) == patient]
        if not theirs:
            return PassedPage((), None)

        def question(_: str, budget: Budget) -> list[Resource]:
            found = (self._driver.read(kind, row.theirs, budget) for row in theirs)
            return [one for one in found if one is not None]

        proof, found = self._proven(patient, question)
        passed = self._passed(proof, kind, found, theirs)
        return PassedPage(passed.stored, None, _notices(passed, is_partial=False))

    def _proven(self, patient: str, question: Callable[[str, Budget], _Asked]) -> tuple[_Proof, _Asked]:
        """The answer, with the proof whose it is. Raises Doubtful; then nothing of the answer is used."""
        try:
            return self._settled(patient, question, Budget(self._patience_s, self._pace))
        except Doubtful as doubtful:
            self._map.forget("Patient", patient)
            self._tell(doubtful.doubt, patient)
            raise

    def _settled(
        self, patient: str, question: Callable[[str, Budget], _Asked], budget: Budget
    ) -> tuple[_Proof, _Asked]:
        """The same, of a patient who was not changed in the record meanwhile."""
        for _ in range(_TRIES):
            proof, answer = self._asked(patient, question, budget)
            held = self._joining.record.patient(patient)
            if held is not None and held.version == proof.bond.version:
                return proof, answer
        raise Doubtful(Doubt.changed_meanwhile)

    def _asked(self, patient: str, question: Callable[[str, Budget], _Asked], budget: Budget) -> tuple[_Proof, _Asked]:
        """The question, and beside it the proof: the patient by their numbers, and the visits of the chart."""
        stored = self._joining.asked(patient)
        row = self._map.by_ours("Patient", patient)
        if row is None:  # the first time it is proven before it is asked about
            first = self._joining.prove(stored, budget)
            self._map.keep([Row("Patient", patient, first.theirs, patient)])
            theirs, proof = first.theirs, _done(first)
        else:
            theirs, proof = row.theirs, self._beside.submit(self._joining.prove, stored, budget)
        visits = self._beside.submit(self._visits.of, patient, theirs, budget)
        try:
            answer = question(theirs, budget)
        except (EhrError, CallerError):
            proof.result(), visits.result()  # a doubt outweighs a failure
            raise
        bond = proof.result()
        if bond.theirs != theirs:
            raise Doubtful(Doubt.another_there)
        return _Proof(bond, visits.result()), answer

    def _passed(
        self, proof: _Proof, kind: str, found: Sequence[Resource], rows: Sequence[Row] | None = None
    ) -> _Passed:
        """What may be shown of `found`; where single resources were asked for, only those of `rows`."""
        chart = self._chart(proof)
        wanted = {one.get("id") for one in found} if rows is None else {row.theirs for row in rows}
        kept: list[Row] = []
        shown: list[Stored] = []
        for one in found:
            is_asked_for = one.get("resourceType") == kind and one.get("id") in wanted
            told = rewrite(one, chart) if is_asked_for else None
            stored = None if told is None else _stored(told.resource, self._link)
            if told is None or stored is None or leaks(stored.body, self._places, told.ids):
                self._tell(Doubt.other_chart, proof.bond.ours)
                continue
            kept += told.rows
            shown.append(stored)
        visits = (Row("Encounter", ours, theirs, proof.bond.ours) for theirs, ours in proof.visits.items())
        self._map.keep([*visits, *kept])
        return _Passed(tuple(shown), len(shown) == len(found))

    def _chart(self, proof: _Proof) -> Chart:
        def known(kind: str, theirs: str) -> str | None:
            if kind == "Encounter":
                return proof.visits.get(theirs)
            return self._staff.known(theirs) if kind == "Practitioner" else None

        return Chart(
            base=self._driver.base,
            link=self._link,
            theirs=proof.bond.theirs,
            ours=proof.bond.ours,
            known=known,
            systems=self._systems,
            numbers=proof.bond.numbers,
            passed=frozenset(TABLE),
            id_of=self._map.id_of,
        )

    def _parameters(self, theirs: str, asked: Asked) -> Pairs:
        tenant = self._driver.base.rpartition("/")[2]
        ours, own = f"urn:tabard:ehr:{self._link}:codeSet:", _OWN_CODE_SETS.format(tenant)
        sent = tuple((name, value.replace(ours, own)) for name, value in asked.parameters)
        return (("patient", theirs), *sent, ("_count", str(asked.page_size)))

    def _require_kept(self, resource_type: str) -> None:
        if resource_type in TABLE:
            raise Unsupported(
                "Of results that are asked of the record system there are no versions here.",
                remedy="Read it as it is now.",
            )


def _done(bond: Bond) -> Future[Bond]:
    """What is known already, as what is still to come."""
    done: Future[Bond] = Future()
    done.set_result(bond)
    return done


def _stored(resource: Resource, link: str) -> Stored:
    """The resource with a version made of its content, so that whatever changes in it changes its ETag."""
    told = resource.get("meta", {})
    meta = {"versionId": _UNNUMBERED, **told, "source": link}
    head = {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta}
    body = encode(head | resource | {"meta": meta})
    version = int.from_bytes(sha256(body).digest()[:_VERSION_BYTES], "big")
    body = body.replace(_UNNUMBERED.encode(), str(version).encode(), 1)  # the first is the one just written
    return Stored(resource["resourceType"], resource["id"], version, _updated(told.get("lastUpdated")), body, link)


def _updated(told: object) -> datetime:
    try:
        return from_us(range_of(str(told))[0])
    except (ValueError, OverflowError):
        return datetime.now(UTC)


def _order(stored: Stored) -> tuple[int, str]:
    """The newest first; what tells no time comes last."""
    told = stored.resource()
    period = told.get("effectivePeriod")
    start = period.get("start") if isinstance(period, dict) else None
    moments = (told.get("effectiveDateTime"), start, told.get("issued"))
    known = (moment for each in moments if isinstance(each, str) and (moment := _moment(each)) is not None)
    return -next(known, -(2**62)), stored.id


def _moment(text: str) -> int | None:
    try:
        return range_of(text)[0]
    except ValueError:
        return None


def _notices(passed: _Passed, *, is_partial: bool) -> tuple[str, ...]:
    return (*(() if passed.is_whole else (WITHHELD,)), *((PARTIAL,) if is_partial else ()))
