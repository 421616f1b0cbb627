"""A visit as events change it."""

from typing import Any

import pytest

from tabard.dialect import Event
from tabard.link.encounter import Said, Visit, visit_of, with_state
from tabard.link.stays import Place, Stay
from tabard.link.visit_events import after

TEN, ELEVEN, NOON, ONE, TWO = (f"2026-03-01T{hour}:00:00+00:00" for hour in (10, 11, 12, 13, 14))


def place(name: str) -> Place:
    ward, _, bed = name.partition("/")
    return tuple({"location": {"reference": f"Location/{one}"}} for one in ([ward, f"{ward}-{bed}"] if bed else [ward]))


A, B, C = place("A/1"), place("B/2"), place("C/3")


def told(*events: tuple[Event, Said]) -> Visit:
    visit: Visit | None = None
    for event, said in events:
        visit = after(visit, event, said)
    assert visit is not None
    return visit


ADMITTED = (Event.admit, Said(TEN, A))
MOVED = (Event.transfer, Said(ELEVEN, B))
LEFT = (Event.discharge, Said(NOON, B))


def test_an_admission_opens_a_visit_with_one_stay() -> None:
    """An admitted patient is in progress at the place named, since the time named."""
    assert told(ADMITTED) == Visit("in-progress", TEN, None, (Stay(A, TEN),))


def test_the_admission_time_that_a_message_gives_is_the_visits_start() -> None:
    """PV1-44 outranks the time of the event."""
    assert told((Event.admit, Said(ELEVEN, A, start=TEN))).start == TEN


def test_a_transfer_ends_one_stay_and_begins_the_next() -> None:
    """The old place is completed at the time of the move, the new one begins then."""
    assert told(ADMITTED, MOVED) == Visit("in-progress", TEN, None, (Stay(A, TEN, ELEVEN), Stay(B, ELEVEN)))


@pytest.mark.parametrize("event", [Event.transfer, Event.update, Event.admit])
def test_the_same_place_again_changes_nothing(event: Event) -> None:
    """A message that names where the patient already lies changes nothing."""
    assert told(ADMITTED, MOVED, (event, Said(NOON, B))) == told(ADMITTED, MOVED)


@pytest.mark.parametrize("event", [Event.transfer, Event.update])
def test_a_message_without_a_place_leaves_the_patient_there(event: Event) -> None:
    """An omitted field leaves the old value."""
    assert told(ADMITTED, (event, Said(NOON))) == told(ADMITTED)


def test_an_update_that_names_another_place_is_a_move() -> None:
    """A sender that lost its A02 is still believed about where the patient is."""
    assert told(ADMITTED, (Event.update, Said(ELEVEN, B))).stays == told(ADMITTED, MOVED).stays


def test_a_nulled_place_ends_the_stay() -> None:
    """A patient whose location was set to null lies nowhere, until a place is named again."""
    nowhere = (Event.update, Said(ELEVEN, is_nowhere=True))
    assert told(ADMITTED, nowhere).stays == (Stay(A, TEN, ELEVEN),)
    assert told(ADMITTED, nowhere, (Event.update, Said(NOON, A))).stays == (Stay(A, TEN, ELEVEN), Stay(A, NOON))


def test_a_move_of_the_past_is_put_where_it_belongs() -> None:
    """A transfer that arrives late goes into the history; the present place stays."""
    late = told(ADMITTED, (Event.transfer, Said(NOON, C)), MOVED)
    assert late.stays == (Stay(A, TEN, ELEVEN), Stay(B, ELEVEN, NOON), Stay(C, NOON))


def test_an_admission_that_comes_after_the_transfer_goes_before_it() -> None:
    """Blind broadcast out of order: what is known later about earlier does not move the patient back."""
    late = told(MOVED, (Event.admit, Said(TEN, A)))
    assert late == Visit("in-progress", TEN, None, (Stay(A, TEN, ELEVEN), Stay(B, ELEVEN)))


def test_an_admission_to_the_place_where_a_patient_was_first_seen_dates_the_stay_back() -> None:
    """The stay began at the admission, not when the first message happened to name it."""
    assert told((Event.update, Said(NOON, A)), ADMITTED) == told(ADMITTED)


def test_a_discharge_completes_visit_and_stay() -> None:
    """A discharged visit is finished and nobody lies at its place."""
    assert told(ADMITTED, MOVED, LEFT) == Visit("finished", TEN, NOON, (Stay(A, TEN, ELEVEN), Stay(B, ELEVEN, NOON)))


def test_the_discharge_time_that_a_message_gives_is_the_visits_end() -> None:
    """PV1-45 outranks the time of the event."""
    visit = told(ADMITTED, (Event.discharge, Said(ONE, A, end=NOON)))
    assert (visit.end, visit.stays) == (NOON, (Stay(A, TEN, NOON),))


def test_a_discharge_from_another_place_than_known_tells_of_a_missed_move() -> None:
    """Where the patient was last is kept, though nobody said since when."""
    visit = told(ADMITTED, (Event.discharge, Said(NOON, B)))
    assert visit.stays == (Stay(A, TEN, NOON), Stay(B, NOON, NOON))


def test_a_discharge_dated_before_the_last_move_ends_no_stay_before_it_began() -> None:
    """No period runs backwards."""
    visit = told(ADMITTED, MOVED, (Event.discharge, Said(NOON, B, end=f"{TEN[:11]}10:30:00+00:00")))
    assert visit.stays[-1] == Stay(B, ELEVEN, ELEVEN)


def test_a_second_discharge_corrects_the_time() -> None:
    """The last word on when the patient left counts."""
    assert told(ADMITTED, MOVED, LEFT, (Event.discharge, Said(ONE, B))) == told(
        ADMITTED, MOVED, (Event.discharge, Said(ONE, B))
    )


def test_an_update_may_correct_the_end_of_a_discharged_visit_and_reopens_nothing() -> None:
    """An A08 after the discharge changes times at most."""
    updated = told(ADMITTED, MOVED, LEFT, (Event.update, Said(TWO, C, end=ONE)))
    assert updated == told(ADMITTED, MOVED, (Event.discharge, Said(ONE, B)))


def test_a_cancelled_transfer_takes_the_patient_back() -> None:
    """A12 names the place from before the move: its stay goes on as if the move had never been."""
    assert told(ADMITTED, MOVED, (Event.cancel_transfer, Said(NOON, A))) == told(ADMITTED)


def test_a_cancelled_transfer_without_a_place_takes_back_the_last_move() -> None:
    """Where A12 names none, the place before the last is meant; with no move known nothing is taken back."""
    cancel = (Event.cancel_transfer, Said(NOON))
    assert told(ADMITTED, MOVED, cancel) == told(ADMITTED)
    assert told(ADMITTED, cancel) == told(ADMITTED)


def test_a_cancelled_transfer_told_twice_changes_nothing_more() -> None:
    """The patient is already back."""
    cancel = (Event.cancel_transfer, Said(NOON, A))
    assert told(ADMITTED, MOVED, cancel, cancel) == told(ADMITTED)


def test_a_cancelled_transfer_takes_back_to_the_last_stay_at_that_place() -> None:
    """A, B, A again, then C: the cancel of C leads to the second stay at A."""
    back = told(
        ADMITTED,
        MOVED,
        (Event.transfer, Said(NOON, A)),
        (Event.transfer, Said(ONE, C)),
        (Event.cancel_transfer, Said(TWO, A)),
    )
    assert back == told(ADMITTED, MOVED, (Event.transfer, Said(NOON, A)))


def test_a_cancelled_transfer_may_name_the_ward_alone() -> None:
    """A place without its bed is the stay on that ward."""
    assert told(ADMITTED, MOVED, (Event.cancel_transfer, Said(NOON, A[:1]))) == told(ADMITTED)


def test_a_cancelled_transfer_to_a_place_never_told_is_believed() -> None:
    """The move never was; the place named takes its time."""
    visit = told(ADMITTED, MOVED, (Event.cancel_transfer, Said(NOON, C)))
    assert visit.stays == (Stay(A, TEN, ELEVEN), Stay(C, ELEVEN))


def test_a_cancelled_transfer_of_a_visit_without_any_place_names_one() -> None:
    """Where nothing was known, what is said is taken."""
    assert told((Event.admit, Said(TEN)), (Event.cancel_transfer, Said(NOON, A))).stays == (Stay(A, NOON),)


def test_a_cancelled_transfer_of_a_discharged_visit_opens_no_stay() -> None:
    """The history is corrected, and nobody lies there."""
    visit = told(ADMITTED, MOVED, LEFT, (Event.cancel_transfer, Said(ONE, A)))
    assert visit == Visit("finished", TEN, NOON, (Stay(A, TEN, NOON),))


def test_a_cancelled_discharge_brings_the_patient_back_to_the_bed() -> None:
    """A13 reopens visit and last stay."""
    assert told(ADMITTED, MOVED, LEFT, (Event.cancel_discharge, Said(ONE, B))) == told(ADMITTED, MOVED)


def test_a_cancelled_discharge_may_put_the_patient_elsewhere() -> None:
    """The bed may be taken by then: A13's own place counts from its time on."""
    visit = told(ADMITTED, MOVED, LEFT, (Event.cancel_discharge, Said(ONE, C)))
    assert visit.stays == (Stay(A, TEN, ELEVEN), Stay(B, ELEVEN, ONE), Stay(C, ONE))
    assert (visit.status, visit.end) == ("in-progress", None)


def test_a_cancelled_admission_frees_the_bed() -> None:
    """A11: the visit is cancelled, no stay is open."""
    visit = told(ADMITTED, (Event.cancel_admit, Said(ELEVEN, A)))
    assert visit == Visit("cancelled", TEN, None, (Stay(A, TEN, ELEVEN),))


@pytest.mark.parametrize(
    "event", [Event.transfer, Event.update, Event.discharge, Event.cancel_transfer, Event.cancel_discharge]
)
def test_nothing_but_an_admission_revives_a_cancelled_visit(event: Event) -> None:
    """What comes after A11 for the same visit puts nobody into a bed."""
    cancelled = (ADMITTED, (Event.cancel_admit, Said(ELEVEN, A)))
    assert told(*cancelled, (event, Said(NOON, B))) == told(*cancelled)
    again = told(*cancelled, (Event.admit, Said(NOON, B)))
    assert (again.status, again.stays) == ("in-progress", (Stay(B, NOON),))


@pytest.mark.parametrize("event", [Event.transfer, Event.admit])
def test_a_move_older_than_the_discharge_fills_in_the_history_only(event: Event) -> None:
    """A late message never puts a discharged patient back into a bed."""
    visit = told(ADMITTED, (Event.discharge, Said(NOON, A)), (event, Said(ELEVEN, B)))
    assert visit == Visit("finished", TEN, NOON, (Stay(A, TEN, ELEVEN), Stay(B, ELEVEN, NOON)))


def test_a_transfer_after_the_discharge_is_not_believed() -> None:
    """Only A13 reopens a visit."""
    assert told(ADMITTED, MOVED, LEFT, (Event.transfer, Said(ONE, C))) == told(ADMITTED, MOVED, LEFT)


def test_an_admission_after_the_discharge_opens_the_visit_again() -> None:
    """Some senders go on under one visit number: a new admission is a new stay."""
    visit = told(ADMITTED, MOVED, LEFT, (Event.admit, Said(ONE, A)))
    assert (visit.status, visit.end) == ("in-progress", None)
    assert visit.stays[-2:] == (Stay(B, ELEVEN, NOON), Stay(A, ONE))


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (Event.transfer, "in-progress"),
        (Event.update, "in-progress"),
        (Event.cancel_transfer, "in-progress"),
        (Event.cancel_discharge, "in-progress"),
        (Event.discharge, "finished"),
        (Event.cancel_admit, "cancelled"),
    ],
)
def test_a_visit_first_seen_in_any_event_is_made_from_what_it_says(event: Event, status: str) -> None:
    """Blind broadcast: no event needs an admission before it."""
    visit = told((event, Said(NOON, A)))
    end = None if status == "in-progress" else NOON
    assert (visit.status, visit.stays) == (status, (Stay(A, NOON, end),))


def test_an_update_may_say_that_a_visit_is_over_and_not_when() -> None:
    """Nobody is shown in a bed whose visit the sender calls finished: it ended by the time of the message, first seen or not."""
    over = Said(NOON, B, status="finished")
    assert told(ADMITTED, MOVED, (Event.update, over)) == told(ADMITTED, MOVED, LEFT)
    first_seen = told((Event.update, over))
    assert (first_seen.status, first_seen.end, first_seen.stays) == ("finished", NOON, (Stay(B, NOON, NOON),))


def test_an_update_that_knows_no_end_leaves_the_one_that_is_known() -> None:
    """What a discharge said of the end outlives an update that says only that the visit is over."""
    assert told(ADMITTED, MOVED, LEFT, (Event.update, Said(TWO, B, status="finished"))).end == NOON


def test_an_end_to_come_ends_nothing() -> None:
    """An update whose end lies ahead is an expected discharge, whatever status its sender made of it."""
    ahead = (Event.update, Said(ELEVEN, B, end=TWO, status="finished"))
    assert told(ADMITTED, ahead).status == "in-progress"


def test_a_visit_first_seen_in_an_update_may_be_over_or_not_begun() -> None:
    """The update's own end or status tells which."""
    over = told((Event.update, Said(ONE, A, start=TEN, end=NOON)))
    assert (over.status, over.start, over.end) == ("finished", TEN, NOON)
    assert told((Event.update, Said(ONE, A, status="planned"))).status == "planned"


def test_a_planned_visit_begins_with_its_admission() -> None:
    """The place that was planned is then where the patient lies."""
    planned = told((Event.update, Said(TEN, A, status="planned")))
    assert [entry["status"] for entry in with_state({}, planned)["location"]] == ["planned", "planned"]
    assert after(planned, Event.admit, Said(TEN, A)).status == "in-progress"


def test_moves_of_one_minute_stay_apart_in_the_resource() -> None:
    """Two stays with the same times are still two when the Encounter is read back."""
    visit = told((Event.admit, Said(TEN, A)), (Event.transfer, Said(TEN, B)), (Event.discharge, Said(TEN, B)))
    assert visit.stays == (Stay(A, TEN, TEN), Stay(B, TEN, TEN))
    assert visit_of(with_state({}, visit)) == visit


def test_the_encounter_tells_each_stay_with_ward_and_bed() -> None:
    """Encounter.location holds the entries of each stay with its period, only the last active; all else is kept."""
    encounter: dict[str, Any] = {"resourceType": "Encounter", "id": "e", "class": {"code": "IMP"}, "status": "planned"}
    written = with_state(encounter, told(ADMITTED, MOVED))
    assert written == {
        "resourceType": "Encounter",
        "id": "e",
        "class": {"code": "IMP"},
        "status": "in-progress",
        "period": {"start": TEN},
        "location": [
            _entry("stay-1-1", "A", "completed", ELEVEN, start=TEN),
            _entry("stay-1-2", "A-1", "completed", ELEVEN, start=TEN),
            _entry("stay-2-1", "B", "active", None, start=ELEVEN),
            _entry("stay-2-2", "B-2", "active", None, start=ELEVEN),
        ],
    }


def test_an_encounter_without_times_or_places_has_no_empty_elements() -> None:
    """FHIR knows no empty objects or lists."""
    assert with_state({"status": "planned"}, Visit("in-progress")) == {"status": "in-progress"}


def test_entries_without_the_mark_of_a_stay_are_parted_by_their_periods() -> None:
    """A record written by somebody else is read as well as can be."""
    entries = [_entry("", "A", "completed", ELEVEN, start=TEN), _entry("", "B", "active", None, start=ELEVEN)]
    plain = [{key: value for key, value in entry.items() if key != "id"} for entry in entries]
    read = visit_of({"status": "in-progress", "location": plain})
    assert read.stays == (Stay(A[:1], TEN, ELEVEN), Stay(B[:1], ELEVEN))


def _entry(id_: str, reference: str, status: str, end: str | None, *, start: str) -> dict[str, Any]:
    period = {"start": start} if end is None else {"start": start, "end": end}
    return {"id": id_, "location": {"reference": f"Location/{reference}"}, "status": status, "period": period}
