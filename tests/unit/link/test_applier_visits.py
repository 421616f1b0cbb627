"""Visits laid into the record: times, places, what is nulled, and what is not believed."""

import msgspec
import pytest

from tabard.dialect import load
from tabard.link.applier import Applier
from unit.link.an_applier import JONES, Bench, flags, visit_fields
from unit.link.itk import adt, message, pid, pv1


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_visit_number_of_another_patient_is_parked_whole(bench: Bench) -> None:
    """The wrong-patient trap: nothing of such a message is taken, the patient neither."""
    assert bench.told(adt("A01"), adt("A08", JONES)) == ["applied", "visit_of_another_patient"]
    assert bench.lying() == {"SMITH": ["WARD1", "BED1"]}
    assert len(bench.record.all("Patient")) == 1


def test_an_event_dated_after_its_message_counts_from_when_it_was_told(bench: Bench) -> None:
    """A mistyped future time must not make every later move the past."""
    mistyped = adt("A02", place="W2^B2", at="202603011100").replace(
        b"EVN||202603011100||||2026", b"EVN||202603011100||||2062"
    )
    marks = bench.apply(adt("A01"), mistyped, adt("A02", place="W3^B3", at="202603012000"))
    assert flags(marks) == [(), ("EVN-6:after-it-was-told",), ()]
    assert bench.lying() == {"SMITH": ["W3", "B3"]}


def test_a_nulled_location_leaves_the_patient_nowhere(bench: Bench) -> None:
    """An explicit null is the sender's word that the place no longer holds."""
    bench.apply(adt("A01"), message("A08", pid(), pv1(place='""'), at="202603011100"))
    assert bench.lying() == {"SMITH": []}


@pytest.mark.parametrize("back", ["A13", "A01"])
def test_a_visit_that_goes_on_has_no_discharge(bench: Bench, back: str) -> None:
    """A discharge taken back, or followed by an admission, takes with it how and where the patient went."""
    admitted = message("A01", pid(), visit_fields(f4="21", f14="19"))
    died = message("A03", pid(), visit_fields(f36="4", f37="79", f45="202603011200"), at="202603011200")
    bench.apply(admitted)
    (before,) = bench.record.all("Encounter")
    bench.apply(died)
    (gone,) = bench.record.all("Encounter")
    assert "DischargeMethod" in str(gone["hospitalization"])
    bench.apply(message(back, pid(), visit_fields(), at="202603011300"))
    (visit,) = bench.record.all("Encounter")
    assert visit["status"] == "in-progress"
    assert visit["hospitalization"] == before["hospitalization"]


@pytest.mark.parametrize(("so_far", "flag"), [("A03", "PV1-19:visit-has-ended"), ("A11", "PV1-19:visit-was-cancelled")])
def test_a_move_that_is_not_believed_is_flagged(bench: Bench, so_far: str, flag: str) -> None:
    """A patient who is moved after the end of the visit is missed on a ward: somebody must be able to see it."""
    marks = bench.apply(adt("A01"), adt(so_far, at="202603011200"), adt("A02", place="W2^B2", at="202603011300"))
    assert flags(marks) == [(), (), (flag,)]
    assert bench.lying() == {}


def test_a_sender_whose_clock_is_ahead_moves_nobody_into_the_future(bench: Bench) -> None:
    """A wrong clock dates message and event alike; taken at its word, it would make all that follows the past."""
    marks = bench.apply(
        adt("A01"), adt("A02", place="W2^B2", at="206203011100"), adt("A02", place="W3^B3", at="202603012001")
    )
    assert flags(marks)[1] == ("EVN-6:after-it-was-told",)
    assert bench.lying() == {"SMITH": ["W3", "B3"]}


def test_a_move_in_the_repeated_hour_is_not_the_past_of_what_is_known(bench: Bench) -> None:
    """When the clocks go back, 01:10 after 01:50 is the second one: the patient is moved and the stays are in order."""
    bench.apply(adt("A01", at="202510260150"), adt("A02", place="W2^B2", at="202510260110"))
    assert bench.lying() == {"SMITH": ["W2", "B2"]}
    (visit,) = bench.record.all("Encounter")
    starts = [place["period"]["start"] for place in visit["location"]]
    assert starts == ["2025-10-26T01:50:00+01:00"] * 2 + ["2025-10-26T01:10:00+00:00"] * 2


@pytest.mark.parametrize("is_late", [False, True])
def test_which_hour_comes_twice_is_the_dialects_to_say(bench: Bench, is_late: bool) -> None:  # noqa: FBT001  a table
    """A sender in New York puts its clocks back a week later: its moves are in order too, however they came."""
    dialect = msgspec.structs.replace(load("itk-2.4"), time_zone="America/New_York")
    applier = Applier(bench.record, lambda _: dialect, bench.ids, lambda: bench.now)
    told = [adt("A01", at="202511020150"), adt("A02", place="W2^B2", at="202511020110")]
    if is_late:
        told.append(adt("A08", place="W2^B2", at="202511020100"))
    for raw in told:
        applier.apply([bench.waiting(raw)])
    assert bench.lying() == {"SMITH": ["W2", "B2"]}


def test_a_field_that_is_nulled_alone_empties_what_it_told(bench: Bench) -> None:
    """A nulled doctor, phone, practice or method goes, though the field beside it in the same list is not sent."""
    told = f"{pid()}|||||020 1|020 2"
    gp = "PD1|||PRACTICE^^F84040|G1234567^GP"
    bench.apply(message("A01", told, gp, visit_fields(f4="21", f7="C1234567^A", f9="C7654321^B")))
    nulled = visit_fields(f4='""', f7='""')
    bench.apply(message("A08", f'{pid()}|||||""', 'PD1|||""', nulled, at="202603011100"))
    (patient,), (visit,) = bench.record.all("Patient"), bench.record.all("Encounter")
    assert [one["value"] for one in patient["telecom"]] == ["020 2"]
    assert [one["reference"].partition("/")[0] for one in patient["generalPractitioner"]] == ["Practitioner"]
    assert [one["individual"]["display"] for one in visit["participant"]] == ["B"]
    assert "hospitalization" not in visit
