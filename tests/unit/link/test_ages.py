"""Older never overwrites newer: each thing that is known is as old as the message that told it last."""

import random

import pytest
from hypothesis import given, settings, strategies as st

from tabard.dialect import Draft
from tabard.fhir import Resource, nhs_number
from tabard.journal import State
from tabard.link.ages import Stamp, aged, read, still_new, write
from tabard.link.merging import merge
from unit.link.an_applier import Bench, visit_fields
from unit.link.itk import SMITH, Who, adt, message, pid, result

NINE, TEN, ELEVEN = (hour * 3_600_000_000 for hour in (9, 10, 11))


def draft(cleared: tuple[str, ...] = (), **elements: object) -> Draft:
    return Draft({"resourceType": "Patient", "id": "p", **elements}, frozenset(cleared))


def phone(use: str, value: str) -> Resource:
    return {"use": use, "value": value}


def laid(*told: tuple[int, Draft]) -> Resource:
    """The patient after drafts told at these times, in the order given."""
    held: Resource | None = None
    ages: dict[str, Stamp] = {}
    for at, one in told:
        new = still_new(one, ages, (at, at))
        ages = read(write(aged(new, ages, (at, at))))
        held = merge(held, new)
    assert held is not None
    return {name: value for name, value in held.items() if name not in {"resourceType", "id"}}


def test_a_late_message_adds_what_no_newer_one_told() -> None:
    """The sex is news, the birth date was told anew since."""
    assert laid((TEN, draft(birthDate="1965-12-13")), (NINE, draft(birthDate="1966-01-01", gender="female"))) == {
        "birthDate": "1965-12-13",
        "gender": "female",
    }


def test_each_phone_has_an_age_of_its_own() -> None:
    """A list of several independent things is not as old as its newest."""
    late = draft(telecom=[phone("home", "1"), phone("work", "2")])
    told = laid((TEN, draft(telecom=[phone("home", "9")])), (NINE, late))
    assert sorted(one["value"] for one in told["telecom"]) == ["2", "9"]


def test_what_was_emptied_since_does_not_come_back() -> None:
    """A null is news like any other, of one phone or of all."""
    home = draft(telecom=[phone("home", "1")])
    assert laid((TEN, draft(("telecom:home",), gender="male")), (NINE, home)) == {"gender": "male"}
    assert laid((TEN, draft(("telecom",), gender="male")), (NINE, home)) == {"gender": "male"}


def test_a_late_null_empties_only_what_was_not_told_since() -> None:
    """The work phone was told after the list was emptied, and stays."""
    told = laid(
        (NINE, draft(telecom=[phone("home", "1"), phone("work", "2")])),
        (ELEVEN, draft(telecom=[phone("work", "3")])),
        (TEN, draft(("telecom",))),
    )
    assert told == {"telecom": [phone("work", "3")]}


def test_an_older_nhs_number_does_not_take_the_place_of_a_newer() -> None:
    """A person has one; local numbers are all kept."""
    newer = draft(identifier=[{"system": nhs_number.SYSTEM, "value": "9990000018"}])
    older = draft(identifier=[{"system": nhs_number.SYSTEM, "value": "9434765919"}, {"system": "x", "value": "1"}])
    told = laid((TEN, newer), (NINE, older))
    assert [one["value"] for one in told["identifier"]] == ["9990000018", "1"]


@given(st.permutations(range(6)), st.lists(st.sampled_from("abc"), min_size=6, max_size=6))
def test_whatever_the_order_the_latest_word_on_each_thing_stands(order: list[int], values: list[str]) -> None:
    """Six messages, each telling or emptying some things: any order of coming leaves the same."""
    chance = random.Random("".join(values))  # noqa: S311  which message tells what, no secret
    told = []
    for at, value in enumerate(values):
        things = {name: value for name in ("gender", "birthDate", "maritalStatus") if chance.random() < 0.6}
        emptied = [name for name in ("gender", "birthDate") if name not in things and chance.random() < 0.3]
        told.append((at, draft(tuple(emptied), **things)))
    assert laid(*(told[n] for n in order)) == laid(*told)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_older_registration_changes_nobody(bench: Bench) -> None:
    """A demographic update that comes late ends without effect, and says why."""
    bench.apply(message("A31", pid(Who(family="BROWN")), at="202603011100"))
    (mark,) = bench.apply(message("A31", pid(SMITH), at="202603011000"))
    assert (mark.outcome.state, mark.outcome.reason) == (State.no_effect, "stale")
    assert mark.outcome.detail
    assert bench.patient("1001")["name"][0]["family"] == "BROWN"
    assert bench.record.applied == {1}


def test_a_cancel_that_overtakes_its_move_holds(bench: Bench) -> None:
    """The network brings A12 before the A02 that it takes back: the patient is where the clerk put them back."""
    bench.apply(
        adt("A01", at="202603011000"),
        adt("A12", place="WARD1^BED1", at="202603011200"),
        adt("A02", place="W2^B2", at="202603011100"),
    )
    assert bench.lying() == {"SMITH": ["WARD1", "BED1"]}


def test_a_discharge_taken_back_before_it_comes_ends_nothing(bench: Bench) -> None:
    """A13 overtakes A03: the visit goes on, and tells nothing of how it ended."""
    gone = visit_fields(f36="4", f37="79", f45="202603011100")
    bench.apply(adt("A01"), adt("A13", at="202603011200"), message("A03", pid(), gone, at="202603011100"))
    (visit,) = bench.record.all("Encounter")
    assert (visit["status"], "dischargeDisposition" in str(visit)) == ("in-progress", False)


@settings(max_examples=40)
@given(st.permutations(range(7)))
def test_a_stay_is_the_same_whatever_the_order_its_events_come_in(order: list[int]) -> None:
    """Admitted, moved, put back, moved, discharged, taken back, moved: told in order once, and shuffled."""
    told = [
        adt("A01", at="202603011000"),
        adt("A02", place="W2^B2", at="202603011100"),
        adt("A12", place="WARD1^BED1", at="202603011130"),
        adt("A02", place="W3^B3", at="202603011200"),
        adt("A03", place="W3^B3", at="202603011300"),
        adt("A13", place="W3^B3", at="202603011330"),
        adt("A02", place="W4^B4", at="202603011400"),
    ]
    straight, shuffled = Bench(), Bench()
    straight.apply(*told)
    shuffled.apply(*(told[n] for n in order))
    assert straight.lying() == shuffled.lying() == {"SMITH": ["W4", "B4"]}
    ((one,), (other,)) = (bench.record.all("Encounter") for bench in (straight, shuffled))
    assert one["location"] == other["location"]


def test_a_long_stay_is_kept_in_bounds(bench: Bench) -> None:
    """Hundreds of events leave a course of a few kilobytes, and a late one still goes where it belongs."""
    for n in range(80):
        place = f"W{n % 3}^B{n % 3}"
        bench.apply(adt("A02", place=place, at=f"2026030{1 + n // 40}10{n % 40:02}"))
    (course,) = [value for (kind, _), value in bench.record.noticed.items() if kind == "course"]
    assert len(course) < 20_000
    lying = bench.lying()
    bench.apply(adt("A02", place="W9^B9", at="202603010930"))
    assert bench.lying() == lying
    (visit,) = bench.record.all("Encounter")
    assert visit["location"][0]["location"]["display"] == "W9"


def test_a_preliminary_report_never_takes_the_place_of_a_final(bench: Bench) -> None:
    """Sent and issued in the same minute, the one that says more stands."""
    bench.apply(adt("A01"), result(), result(value="91.00", status="P"))
    (value,) = bench.record.all("Observation")
    assert (str(value["valueQuantity"]["value"]), value["status"]) == ("98.00", "final")


def test_a_result_sent_before_the_one_that_is_known_is_late(bench: Bench) -> None:
    """A correction that overtook the final it corrects stays."""
    early, late = (
        result(value=value, status=status).replace(b"202603011000", at)
        for value, status, at in (("98.00", "F", b"202603011000"), ("97.00", "C", b"202603011100"))
    )
    bench.apply(adt("A01"))
    assert bench.told(late, early) == ["applied", "stale"]
    (value,) = bench.record.all("Observation")
    assert (str(value["valueQuantity"]["value"]), value["status"]) == ("97.00", "corrected")


def test_a_final_report_of_the_hour_that_comes_twice_follows_its_preliminary(bench: Bench) -> None:
    """Preliminary at 01:15, final at 01:09 by the clock that was put back between them."""
    first, final = (
        result(value=value, status=status).replace(b"20260301093000", at).replace(b"202603011000", at)
        for value, status, at in (("91.00", "P", b"20251026011500"), ("98.00", "F", b"20251026010900"))
    )
    assert bench.told(adt("A01"), first, final) == ["applied"] * 3
    (value,) = bench.record.all("Observation")
    assert (str(value["valueQuantity"]["value"]), value["status"]) == ("98.00", "final")


def test_a_correction_in_the_hour_that_comes_twice_is_not_the_past(bench: Bench) -> None:
    """Final at 01:38, corrected at 01:17 by the clock that was put back between them."""
    final, corrected = (
        result(value=value, status=status).replace(b"202603011000", at)
        for value, status, at in (("98.00", "F", b"20251026013800"), ("97.00", "C", b"20251026011700"))
    )
    assert bench.told(adt("A01"), final, corrected) == ["applied"] * 3
    (value,) = bench.record.all("Observation")
    assert (str(value["valueQuantity"]["value"]), value["status"]) == ("97.00", "corrected")
