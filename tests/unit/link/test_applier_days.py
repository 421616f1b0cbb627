"""Whole days: any sequence of events leaves each patient where a much simpler telling of the rules says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from tabard.dialect import load
from tabard.ground.ids import KeyedIds
from tabard.journal import Waiting
from tabard.link.applier import Applier
from unit.link.itk import Who, adt, merge
from unit.link.pretend_record import PretendRecord

PEOPLE = {mrn: Who(mrn, family=f"NAME{mrn}") for mrn in ("1", "2", "3")}
MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)
ITK = load("itk-2.4")

Happening = tuple[str, str, str, str]
"""Trigger, who, visit (for a merge who is given up), place."""


@dataclass
class Visit:
    """A visit as the model knows it: who has it, in, out or cancelled, and where the patient went in order."""

    owner: str
    state: str = ""
    went: list[str] = field(default_factory=list)


class Model:
    """Who lies where, told in a page and without a single date."""

    def __init__(self) -> None:
        self.survivor: dict[str, str] = {}
        self.visits: dict[str, Visit] = {}

    def now(self, mrn: str) -> str:
        """Who somebody is after all merges."""
        while mrn in self.survivor:
            mrn = self.survivor[mrn]
        return mrn

    def happen(self, what: Happening) -> bool:
        """Whether the event is taken."""
        trigger, who, other, place = what
        if trigger == "A40":
            return self._merge(self.now(who), who, other)
        visit = self.visits.get(other) or Visit(who)
        if self.now(visit.owner) != self.now(who):
            return False
        self.visits[other] = visit
        getattr(self, f"_{trigger.lower()}")(visit, place)
        return True

    def lying(self) -> set[tuple[str, str, str]]:
        """Patient, visit and place of all who are in."""
        return {(self.now(one.owner), number, one.went[-1]) for number, one in self.visits.items() if one.state == "in"}

    def _merge(self, survivor: str, named: str, given_up: str) -> bool:
        if given_up in {named, survivor} or self.now(given_up) not in {given_up, survivor}:
            return False
        if self.now(given_up) == given_up:
            self.survivor[given_up] = survivor
        return True

    @staticmethod
    def _go(visit: Visit, place: str) -> None:
        if visit.went[-1:] != [place]:
            visit.went.append(place)

    def _a01(self, visit: Visit, place: str) -> None:
        if visit.state == "cancelled":
            visit.went.clear()
        visit.state = "in"
        self._go(visit, place)

    def _a02(self, visit: Visit, place: str) -> None:
        if visit.state in {"", "in"}:
            visit.state = "in"
            self._go(visit, place)

    _a08 = _a02

    def _a03(self, visit: Visit, place: str) -> None:
        if visit.state in {"", "in"}:
            visit.state = "out"
            self._go(visit, place)

    def _a13(self, visit: Visit, place: str) -> None:
        if visit.state != "cancelled":
            visit.state = "in"
            self._go(visit, place)

    def _a11(self, visit: Visit, place: str) -> None:
        visit.state = "cancelled"
        visit.went = visit.went or [place]

    def _a12(self, visit: Visit, place: str) -> None:
        if visit.state == "cancelled":
            return
        visit.state = visit.state or "in"
        if place in visit.went:
            while visit.went[-1] != place:
                visit.went.pop()
        else:
            visit.went[-1:] = [place]


def told(what: Happening, at: datetime) -> bytes:
    trigger, who, other, place = what
    stamp = f"{at:%Y%m%d%H%M%S}"
    return (
        merge(PEOPLE[who], PEOPLE[other], stamp)
        if trigger == "A40"
        else adt(trigger, PEOPLE[who], f"90{other}", "^".join(place.partition("/")[::2]), stamp)
    )


def lying(record: PretendRecord) -> set[tuple[str, str, str]]:
    found = set()
    for visit in record.all("Encounter"):
        active = [one["location"]["display"] for one in visit.get("location", []) if one["status"] == "active"]
        if visit["status"] == "in-progress":
            patient = record.get(*visit["subject"]["reference"].split("/"))
            assert patient is not None
            assert patient["active"]
            (mrn,) = [one["value"] for one in patient["identifier"] if one.get("use") != "old"]
            found.add((mrn, visit["identifier"][0]["value"].removeprefix("90"), "/".join(active)))
        else:
            assert active == []
    return found


mrns = st.sampled_from(sorted(PEOPLE))
places = st.sampled_from(["W1/B1", "W1/B2", "W2/B1", "W3"])
of_visits = st.tuples(
    st.sampled_from(["A01", "A02", "A02", "A03", "A08", "A11", "A12", "A13"]), mrns, st.sampled_from(["1", "2"]), places
)
merges = st.tuples(st.just("A40"), mrns, mrns, st.just(""))
days = st.lists(st.one_of(of_visits, of_visits, of_visits, of_visits, merges), max_size=14)


@given(days)
def test_after_any_day_each_patient_lies_where_the_model_says(day: list[Happening]) -> None:
    """After every single message: the same messages taken, the same patients in the same places, nobody in two."""
    model, record, at = Model(), PretendRecord(), MORNING
    applier = Applier(record, lambda _: ITK, KeyedIds(b"k"), lambda: MORNING)
    for seq, what in enumerate(day, 1):
        at += timedelta(minutes=1)
        (mark,) = applier.apply([Waiting(seq, "pas", at, told(what, at))])
        assert (mark.outcome.state == "applied") == model.happen(what), (what, mark.outcome)
        assert lying(record) == model.lying()


@given(days, st.integers(1, 14))
def test_a_day_applied_in_one_batch_or_after_a_restart_is_the_same_day(day: list[Happening], cut: int) -> None:
    """Batches, and what was applied given again after a crash, leave the same record as one message after another."""
    messages = [
        Waiting(seq, "pas", MORNING, told(what, MORNING + timedelta(minutes=seq))) for seq, what in enumerate(day, 1)
    ]
    singly, batched = PretendRecord(), PretendRecord()
    one, other = (Applier(record, lambda _: ITK, KeyedIds(b"k"), lambda: MORNING) for record in (singly, batched))
    marks = [mark for each in messages for mark in one.apply([each])]
    parked = {mark.seq for mark in other.apply(messages[:cut]) if mark.outcome.state != "applied"}
    again = other.apply([each for each in messages if each.seq not in parked])
    assert [mark.outcome.state for mark in again] == [mark.outcome.state for mark in marks if mark.seq not in parked]
    assert batched.held == singly.held
