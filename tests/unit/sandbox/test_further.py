"""The rarer events, by both voices; what cannot be is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tabard.sandbox import (
    FurtherCensus,
    Inconsistent,
    Kind,
    People,
    Person,
    Place,
    PretendLorenzo,
    PretendMillennium,
    st_elsewhere,
)
from unit.sandbox.conftest import Receiver

NOON = datetime(2026, 7, 2, 11, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
RARE = {
    *(Kind.pre_admitted, Kind.pre_admission_cancelled, Kind.move_pending, Kind.move_pending_cancelled),
    *(Kind.discharge_pending, Kind.discharge_pending_cancelled, Kind.left_on_leave, Kind.back_from_leave, Kind.swapped),
    *(Kind.visits_merged, Kind.visit_moved, Kind.booked, Kind.rebooked, Kind.appointment_cancelled, Kind.not_attended),
    Kind.written,
}


def rows(message: bytes, name: str) -> list[list[str]]:
    return [line.split("|") for line in message.decode().split("\r") if line.startswith(f"{name}|")]


def live_all(hospital: PretendLorenzo | PretendMillennium, ward: str) -> dict[Kind, bytes]:
    """Make each of the rare events happen; the message that told each."""
    there, doctor = hospital.census, hospital.layout.ward(ward).consultants[0]
    one, two = (hospital.admit(ward).event.person.mrn for _ in range(2))
    free = there.free_beds(ward)[0]
    planned = [hospital.people.draw() for _ in range(2)]
    happen = [
        *(lambda c, at, who=who: c.pre_admit(who, free, doctor, LATER, at) for who in planned),
        lambda c, at: c.cancel_pre_admit(planned[1].mrn, at),
        lambda c, at: c.arrive(planned[0].mrn, free, at),
        lambda c, at: c.pend_transfer(one, c.free_beds(ward)[0], at),
        lambda c, at: c.cancel_pend_transfer(one, at),
        lambda c, at: c.pend_discharge(one, LATER, at),
        lambda c, at: c.cancel_pend_discharge(one, at),
        lambda c, at: c.leave(one, at),
        lambda c, at: c.come_back(one, at),
        lambda c, at: c.swap(one, two, at),
        lambda c, at: c.write(one, "DS", "Summary", ("Well.", "Home."), at),
        lambda c, at: c.book(one, LATER, "Clinic 1", doctor, at),
        lambda c, at: c.rebook(c.booked()[0], LATER, at),
        lambda c, at: c.cancel_appointment(c.booked()[0], at),
        lambda c, at: c.book(two, LATER, "Clinic 1", doctor, at),
        lambda c, at: c.miss_appointment(c.booked()[0], at),
    ]
    told = {}
    for verb in happen:
        sent = hospital.happen(verb)
        told[sent.event.kind] = sent.message
    old = there.stay(two)
    assert old is not None
    hospital.discharge(two)
    hospital.admit(ward, person=there.person(two))
    told[Kind.visits_merged] = hospital.happen(lambda c, at: c.merge_visits(two, old.visit, at)).message
    heir = hospital.register().event.person.mrn
    told[Kind.visit_moved] = hospital.happen(lambda c, at: c.move_visit(heir, two, at)).message
    return told


def test_a_lorenzo_tells_each(receiver: Receiver) -> None:
    """Each by its trigger, with the fields that make it what it is."""
    lorenzo = PretendLorenzo("127.0.0.1", receiver.port, seed=1, clock=lambda: NOON)
    told = live_all(lorenzo, "AMU")
    lorenzo.close()
    assert set(told) == RARE | {Kind.admitted}
    assert rows(told[Kind.pre_admitted], "PV1")[0][2] == "P"
    assert rows(told[Kind.pre_admitted], "PV2")[0][8] == "20260703120000"
    assert rows(told[Kind.move_pending], "PV1")[0][42].startswith("^AMU^")
    assert [row[3] for row in rows(told[Kind.swapped], "PV1")] == [
        row[6] for row in reversed(rows(told[Kind.swapped], "PV1"))
    ]
    assert len(rows(told[Kind.swapped], "PID")) == 2
    assert rows(told[Kind.visits_merged], "MRG")[0][5].endswith("^^^VISITID")
    assert rows(told[Kind.visit_moved], "MRG")[0][1].endswith("^^^RZZ")
    assert rows(told[Kind.booked], "MSH")[0][8] == "SIU^S12^SIU_S12"
    assert rows(told[Kind.booked], "SCH")[0][11] == "^^20^20260703120000"
    assert rows(told[Kind.not_attended], "SCH")[0][25] == "Noshow"
    assert [row[0] for name in ("AIS", "AIL", "AIP") for row in rows(told[Kind.booked], name)] == ["AIS", "AIL", "AIP"]
    assert rows(told[Kind.written], "TXA")[0][12].isdigit()
    assert [row[5] for row in rows(told[Kind.written], "OBX")] == ["Well.", "Home."]


def test_a_millennium_tells_each_and_charts_it(receiver: Receiver) -> None:
    """Version 2.3 throughout, and the chart has the statuses and beds that follow."""
    there = PretendMillennium("127.0.0.1", receiver.port, seed=1, clock=lambda: NOON)
    told = live_all(there, "Heron")
    there.close()
    assert set(told) == RARE | {Kind.admitted}
    assert {rows(message, "MSH")[0][11] for message in told.values()} == {"2.3"}
    assert rows(told[Kind.pre_admitted], "PV1")[0][41] == "PREADMIT"
    assert rows(told[Kind.visit_moved], "MRG")[0][5].endswith("^^^VISITID")


def test_what_cannot_be_is_refused() -> None:
    """Nobody comes who is not expected, swaps with themselves, or is back who was never away; nothing changes."""
    layout = st_elsewhere()
    census = FurtherCensus(layout, seed=1)
    people = People(layout, seed=1, today=NOON.date())
    doctor, bed = layout.wards[0].consultants[0], Place("AMU", "A1")
    who: Person = people.draw()
    census.admit(who, bed, doctor, NOON)
    before = census.stay(who.mrn)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: census.pre_admit(who, bed, doctor, LATER, NOON),
        lambda: census.arrive(who.mrn, bed, NOON),
        lambda: census.cancel_pre_admit(who.mrn, NOON),
        lambda: census.cancel_pend_transfer(who.mrn, NOON),
        lambda: census.cancel_pend_discharge(who.mrn, NOON),
        lambda: census.come_back(who.mrn, NOON),
        lambda: census.swap(who.mrn, who.mrn, NOON),
        lambda: census.move_visit(who.mrn, who.mrn, NOON),
        lambda: census.merge_visits(who.mrn, before.visit if before else "", NOON),
        lambda: census.rebook("1", LATER, NOON),
        lambda: census.miss_appointment("1", NOON),
    )
    for impossible in attempts:
        with pytest.raises(Inconsistent):
            impossible()
    assert census.stay(who.mrn) == before
