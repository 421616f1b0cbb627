"""What an answer of the EHR becomes before it is shown: rewritten, looked through once more, and with rows in the map."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from tabard.fhir import Resource, encode
from tabard.fhir.dates import range_of
from tabard.link.ehr.chart import Chart
from tabard.link.ehr.errors import Doubt
from tabard.link.ehr.guard import leaks, places_of
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.joining import Joining
from tabard.link.ehr.proving import Proof
from tabard.link.ehr.rewriting import rewrite
from tabard.link.ehr.searches import TABLE
from tabard.link.ehr.staff import Staff
from tabard.record import Stored

_VERSION_BYTES = 5
_UNNUMBERED = "not yet"


class Shown(NamedTuple):
    """What may be shown of an answer, and whether that is all of it."""

    stored: tuple[Stored, ...]
    is_whole: bool


class Showing:
    """Shows the answers of one link. Safe from any thread. `tell` counts what is withheld."""

    def __init__(
        self, link: str, joining: Joining, staff: Staff, id_map: IdMap, tell: Callable[[str, str], None]
    ) -> None:
        self._link = link
        self._base = joining.driver.base
        self._staff = staff
        self._map = id_map
        self._tell = tell
        self._places = places_of(self._base)
        self._systems = {there: here for here, there in joining.systems.items()}

    def show(self, proof: Proof, kind: str, found: Sequence[Resource], rows: Sequence[Row] | None = None) -> Shown:
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
        joined = proof.visits.items()
        visits = [Row("Encounter", ours, theirs, proof.bond.ours) for theirs, ours in joined]
        self._map.keep([*visits, *kept])
        return Shown(tuple(shown), len(shown) == len(found))

    def _chart(self, proof: Proof) -> Chart:
        def known(kind: str, theirs: str) -> str | None:
            if kind == "Encounter":
                return proof.visits.get(theirs)
            return self._staff.known(theirs) if kind == "Practitioner" else None

        return Chart(
            base=self._base,
            link=self._link,
            theirs=proof.bond.theirs,
            ours=proof.bond.ours,
            known=known,
            systems=self._systems,
            numbers=proof.bond.numbers,
            passed=frozenset(TABLE),
            id_of=self._map.id_of,
        )


def newest_first(stored: Stored) -> tuple[int, str]:
    """A key by which the newest comes first; what tells no time comes last."""
    told = stored.resource()
    period = told.get("effectivePeriod")
    start = period.get("start") if isinstance(period, dict) else None
    moments = (told.get("effectiveDateTime"), start, told.get("issued"))
    known = (moment for each in moments if isinstance(each, str) and (moment := _moment(each)) is not None)
    return -next(known, -(2**62)), stored.id


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
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        return datetime.now(UTC)
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _moment(text: str) -> int | None:
    try:
        return range_of(text)[0]
    except ValueError:
        return None
