"""The pretend Millennium's feed: HL7 v2.3 in the manner of English Millennium, which our own dialect reads."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tabard import dialect, hl7v2
from tabard.sandbox import VITAL_SIGNS, Census, Day, Event, People, PretendMillennium, millpond_royal
from tabard.sandbox.millennium.adt import render_adt
from unit.sandbox.conftest import Receiver

NOON = datetime(2026, 7, 2, 11, 0, tzinfo=UTC)


class Ids:
    """The port IdMaker, with ids that show what they were made of."""

    def patient(self, key: dialect.PatientKey) -> str:
        """From the first local identifier."""
        return "-".join(key.local[0])

    def prior_patient(self, key: dialect.PatientKey) -> str:
        """From the first local identifier."""
        return "-".join(key.local[0])

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  the port's word
        """From all of its parts."""
        return "-".join((type, *parts))


def fields(message: bytes, segment: str) -> list[str]:
    found = next(line for line in message.decode().split("\r") if line.startswith(segment))
    return [segment, *found.split("|")] if segment == "MSH" else found.split("|")


def a_millennium(port: int) -> PretendMillennium:
    return PretendMillennium("127.0.0.1", port, seed=1, clock=lambda: NOON)


def test_an_admission_is_written_as_millennium_writes_it(receiver: Receiver) -> None:
    """A01 of version 2.3: MRN twice and NHS number, FIN, ward, bay and bed, one doctor under two numbers, the visit."""
    millennium = a_millennium(receiver.port)
    event = millennium.admit("Teal", "B2").event
    millennium.close()
    (message,) = receiver.heard
    msh, pid, pv1 = (fields(message, name) for name in ("MSH", "PID", "PV1"))
    assert (msh[3], msh[4], msh[9], msh[12], msh[18]) == ("MILLENNIUM", "RZY", "ADT^A01", "2.3", "UNICODE UTF-8")
    assert len(msh[10]) <= 20
    mrn, visit = event.person.mrn, event.stay.visit if event.stay else ""
    assert pid[2] == f"{mrn}^^^Millpond MRN^MRN^"
    assert pid[3] == f"{mrn}^^^Millpond MRN^MRN^CD:5294405~{event.person.nhs_number}^^^NHSNBR^NHSNMBR"
    assert pid[5].endswith("^CURRENT")
    assert pid[18].endswith("^^^Millpond FIN^FINNBR^")
    assert pid[18].partition("^")[0] != visit
    assert pv1[2:4] == ["INPATIENT", "Teal^Bay B^B2^MPR^^BED^MPR"]
    assert [doctor.split("^")[8] for doctor in pv1[7].split("~")] == ["NHSCSLTNBR", "DRNBR"]
    assert pv1[7].startswith("C9888103^Venkatesan^Lakshmi")
    assert pv1[19] == f"{visit}^^^VISITID"
    assert (pv1[41], pv1[44]) == ("ACTIVE", "20260702120000")


def test_every_verb_tells_its_trigger_and_a_merge_is_a34(receiver: Receiver) -> None:
    """Each thing that can happen is told by its own trigger; results and vital signs are told by none."""
    millennium = a_millennium(receiver.port)
    person = millennium.admit("Heron").event.person
    millennium.transfer(person.mrn, "Weir", "A1")
    millennium.cancel_transfer(person.mrn)
    millennium.update(replace(person, family="O'Brien & Sons|"))
    millennium.discharge(person.mrn)
    millennium.update(person)
    millennium.cancel_discharge(person.mrn)
    double = millennium.double_of(person.mrn)
    millennium.register(double)
    millennium.merge(person.mrn, double.mrn)
    assert len(millennium.result(person.mrn)) == 5
    assert len(millennium.vital_signs(person.mrn)) == 5
    millennium.cancel_admit(person.mrn)
    millennium.close()
    told = [fields(message, "MSH")[9] for message in receiver.heard]
    assert told == [f"ADT^{code}" for code in ("A01", "A02", "A12", "A08", "A03", "A31", "A13", "A28", "A34", "A11")]
    assert fields(receiver.heard[1], "PV1")[6] == "Heron^Bay A^A1^MPR^^BED^MPR"
    assert fields(receiver.heard[3], "PID")[5].startswith(r"O'Brien \T\ Sons\F\^")
    assert fields(receiver.heard[4], "PV1")[41] == "DISCHARGED"
    assert fields(receiver.heard[8], "MRG")[1].startswith(f"{double.mrn}^^^Millpond MRN^MRN")


def test_a_day_at_millpond_is_read_by_the_dialect() -> None:
    """Every message of a day translates by millennium-uk, and nothing is doubted but what that dialect only notes."""
    layout, uk = millpond_royal(), dialect.load("millennium-uk")
    day = Day(Census(layout, seed=5), People(layout, seed=5, today=NOON.date()), seed=5, is_at_bedside=True)
    events = [event for event in [*day.fill(NOON, 0.3), *day.told(NOON, 20)] if event.report is None]
    for number, event in enumerate(events):
        raw = render_adt(event, layout, control_id=str(number), sent=NOON)
        read = dialect.translate(hl7v2.parse(raw), uk, Ids())
        assert {flag.place for flag in read.flags} <= {"OBX", "ZAL"}
        assert read.patient_id == f"urn:tabard:authority:Millpond%20MRN-{event.person.mrn}"
        assert read.occurred == event.at.replace(microsecond=0)
    assert len(events) > 100


def test_vital_signs_come_at_life_s_pace() -> None:
    """At the bedside each patient is measured some six times a day, and all else happens as often as before."""
    layout = millpond_royal()
    day = Day(Census(layout, seed=5), People(layout, seed=5, today=NOON.date()), seed=5, is_at_bedside=True)
    admitted = len(list(day.fill(NOON)))
    events: list[Event] = list(day.told(NOON, 24))
    measured = [event for event in events if event.report is not None and event.report.panel is VITAL_SIGNS]
    assert 3 < len(measured) / admitted < 9
    assert 250 < len(events) - len(measured) < 600


@pytest.mark.parametrize("seed", range(3))
def test_the_two_pretend_hospitals_have_different_people(seed: int, receiver: Receiver) -> None:
    """Neither a seed nor a day makes somebody of St Elsewhere turn up at Millpond Royal."""
    millennium = PretendMillennium("127.0.0.1", receiver.port, seed=seed, clock=lambda: NOON)
    there = People(millpond_royal(), seed=seed, today=NOON.date())
    drawn = {millennium.people.draw().nhs_number for _ in range(200)} - {None}
    millennium.close()
    assert not drawn & {there.draw().nhs_number for _ in range(200)}
