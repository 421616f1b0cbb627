"""Appointments: whom, when, where, with whom and for what; moved, cancelled, deleted and missed ones are so at once."""

from typing import Any

import pytest

from tabard.dialect import Event, Reason, Translation, Untranslatable
from unit.dialect.messages import PERSON, VISIT, draft, flags, message, read, resource, with_field

SCHEDULE = "SCH|A1^LOR|F9^PAS||||MOVED^Asked for by the patient^L|CHK^Check-up^L|NEW^New patient^L|30|MIN|^^^202607011000^202607011030||||||||||||A0^LOR|F0^PAS|Booked|P77^LOR|F88^PATH"
SERVICE = "AIS|1|A|CARD^Cardiology^L|202607011000|||30|MIN"
PLACE = "AIL|1|A|^CLINIC4^^RXX01|||202607011005|||20|MIN"
PERSONNEL = "AIP|1|A|C9999991^MBEKI^THOMAS^^^Mr^^^GMC|SURG^Surgeon^L||||||||Pending"
THING = "AIG|1|A|MRI1^Scanner^L|EQ^Equipment^L"


def siu(trigger: str = "S12", *segments: str, sch: str = SCHEDULE) -> Translation:
    return read(message(f"SIU^{trigger}", sch, PERSON, VISIT, "RGS|1|A", *segments))


def booked(*segments: str, sch: str = SCHEDULE) -> dict[str, Any]:
    return resource(siu("S12", *segments, sch=sch), "Appointment")


def without_times(sch: str = SCHEDULE) -> str:
    return with_field(with_field(with_field(sch, 9, ""), 10, ""), 11, "")


def test_all_of_an_appointment() -> None:
    """Numbers, status, reason, kind, times, people, places, things, orders, the earlier appointment, the visit and the notes."""
    translation = siu("S12", SERVICE, "NTE|1||Fasting", PLACE, PERSONNEL, THING)
    told = resource(translation, "Appointment")
    assert translation.event is Event.appointment
    assert [(one["type"]["coding"][0]["code"], one["system"], one["value"]) for one in told["identifier"]] == [
        ("FILL", "urn:tabard:appointment:PAS", "F9"),
        ("PLAC", "urn:tabard:appointment:LOR", "A1"),
    ]
    assert told["status"] == "booked"
    assert told["reasonCode"][0]["text"] == "Check-up"
    assert told["appointmentType"]["text"] == "New patient"
    assert told["serviceType"][0]["text"] == "Cardiology"
    assert (told["start"], told["end"]) == ("2026-07-01T10:00:00+01:00", "2026-07-01T10:30:00+01:00")
    assert told["minutesDuration"] == 30
    assert told["comment"] == "Fasting\nAsked for by the patient"
    assert [one["identifier"]["value"] for one in told["basedOn"]] == ["F88", "P77"]
    assert [(one["type"], one["identifier"]["value"]) for one in told["supportingInformation"]] == [
        ("Appointment", "F0"),
        ("Appointment", "A0"),
        ("Encounter", "70042"),
    ]
    assert [
        (one["type"][0]["coding"][0]["code"], one["actor"].get("display"), one["status"]) for one in told["participant"]
    ] == [
        ("SBJ", None, "accepted"),
        ("PPRF", "Mr THOMAS MBEKI", "needs-action"),
        ("LOC", "CLINIC4", "accepted"),
        ("DEV", "Scanner", "accepted"),
    ]
    assert told["participant"][0]["actor"]["reference"] == "Patient/patient-M42"
    assert told["participant"][2]["actor"]["reference"] == "Location/location:RXX01:CLINIC4"
    assert not translation.flags


def test_an_appointment_changes_neither_patient_nor_visit() -> None:
    """Who books holds no better record of the person than the hospital's own."""
    kinds = {one.resource["resourceType"] for one in siu("S12", PERSONNEL, PLACE).drafts}
    assert kinds == {"Appointment", "Practitioner", "Location"}


@pytest.mark.parametrize(
    ("trigger", "sent", "told"),
    [
        ("S12", "", "booked"),
        ("S12", "Pending", "pending"),
        ("S13", "Booked", "booked"),
        ("S14", "Started", "arrived"),
        ("S14", "Cancelled", "cancelled"),
        ("S15", "Cancelled", "cancelled"),
        ("S15", "", "cancelled"),
        ("S16", "Dc", "cancelled"),
        ("S17", "Cancelled", "entered-in-error"),
        ("S20", "Booked", "booked"),
        ("S26", "Noshow", "noshow"),
    ],
)
def test_what_became_of_it(trigger: str, sent: str, told: str) -> None:
    """The trigger that ends an appointment is believed, else SCH-25, else what the trigger means."""
    translation = siu(trigger, sch=with_field(SCHEDULE, 25, sent))
    assert resource(translation, "Appointment")["status"] == told
    assert not translation.flags


def test_an_end_that_the_status_denies_is_flagged() -> None:
    """S15 with SCH-25 Booked is cancelled, and a person is told."""
    translation = siu("S15")
    assert resource(translation, "Appointment")["status"] == "cancelled"
    assert ("contradiction", "SCH-25") in flags(translation)


def test_a_status_not_known_is_what_the_trigger_means() -> None:
    """And flagged."""
    translation = siu("S12", sch=with_field(SCHEDULE, 25, "Maybe"))
    assert resource(translation, "Appointment")["status"] == "booked"
    assert ("unknown-code", "SCH-25") in flags(translation)


def test_a_move_finds_the_appointment_and_tells_it_whole() -> None:
    """S13 has the id of what it moves; a room that it does not name any more goes."""
    first, moved = siu("S12", SERVICE, PLACE), siu("S13", SERVICE, sch=with_field(SCHEDULE, 11, "^^^202607021400"))
    told = draft(moved, "Appointment")
    assert told.resource["id"] == resource(first, "Appointment")["id"]
    assert told.resource["start"] == "2026-07-02T14:00:00+01:00"
    assert {"participant", "comment", "_start"} <= told.cleared
    assert [one["type"][0]["coding"][0]["code"] for one in told.resource["participant"]] == ["SBJ"]


def test_a_cancel_keeps_what_it_does_not_say() -> None:
    """S15 with a number and a reason alone leaves time and place as they were."""
    told = draft(siu("S15", sch="SCH||F9^PAS||||ILL^Doctor ill^L"), "Appointment")
    assert told.resource["cancelationReason"]["text"] == "Doctor ill"
    assert "start" not in told.resource
    assert not told.cleared


def test_without_sch_11_the_times_are_those_of_what_is_booked() -> None:
    """The earliest start and the latest end of the services; without services, of people, places or things."""
    later = "AIS|2|A|ECHO^Echo^L|202607011030|||1|H"
    told = booked(SERVICE, later, PLACE, sch=without_times())
    assert (told["start"], told["end"]) == ("2026-07-01T10:00:00+01:00", "2026-07-01T11:30:00+01:00")
    told = booked(PLACE, sch=without_times())
    assert (told["start"], told["end"]) == ("2026-07-01T10:05:00+01:00", "2026-07-01T10:25:00+01:00")


def test_an_end_is_start_and_duration() -> None:
    """SCH-9 in the unit of SCH-10, across the change of clocks too."""
    sch = with_field(with_field(SCHEDULE, 11, "^^^202610250030"), 9, "2")
    told = booked(sch=with_field(sch, 10, "H"))
    assert (told["start"], told["end"]) == ("2026-10-25T00:30:00+01:00", "2026-10-25T01:30:00+00:00")
    assert told["minutesDuration"] == 120


def test_times_that_are_none_are_kept_as_sent() -> None:
    """A day alone is when it is wanted, no time; month 13 is text; an unknown unit or number is flagged."""
    told = booked(sch=with_field(without_times(), 11, "^^^20260701"))
    assert told["requestedPeriod"] == [{"start": "2026-07-01"}]
    assert "start" not in told
    sch = with_field(with_field(with_field(SCHEDULE, 11, "^^^20261301"), 9, "many"), 10, "FORTNIGHT")
    translation = siu("S12", sch=sch)
    assert resource(translation, "Appointment")["_start"]["extension"][0]["valueString"] == "20261301"
    assert {("bad-date", "SCH-11"), ("unknown-code", "SCH-10")} <= flags(translation)
    assert ("bad-number", "SCH-9") in flags(siu("S12", sch=with_field(SCHEDULE, 9, "many")))


def test_what_is_taken_back_is_left_out() -> None:
    """Action code D removes a service and a person from the appointment."""
    told = booked(SERVICE, with_field(PERSONNEL, 2, "D"), with_field(SERVICE, 2, "D"))
    assert len(told["serviceType"]) == 1
    assert [one["type"][0]["coding"][0]["code"] for one in told["participant"]] == ["SBJ"]


def test_a_place_the_dialect_cannot_part_is_told_in_words() -> None:
    """It is shown, and no ward is made of it."""
    told = booked("AIL|1|A|The Annexe")
    assert told["participant"][1]["actor"] == {"type": "Location", "display": "The Annexe"}


@pytest.mark.parametrize(
    ("sch", "trigger", "reason"),
    [("SCH|||||||", "S12", Reason.no_number), (SCHEDULE, "S25", Reason.unsupported_event)],
)
def test_what_could_never_be_found_again_is_refused(sch: str, trigger: str, reason: Reason) -> None:
    """An appointment without a number, and a trigger without a meaning."""
    with pytest.raises(Untranslatable) as refusal:
        siu(trigger, sch=sch)
    assert refusal.value.reason is reason


def test_blocked_slots_are_of_no_effect() -> None:
    """S23 and S24 are about no patient."""
    assert read(message("SIU^S23", SCHEDULE)).event is Event.ignored


def test_a_note_on_the_patient_is_no_note_on_the_appointment() -> None:
    """NTE below PID is not shown to whoever sees the list of a clinic."""
    translation = read(message("SIU^S12", with_field(SCHEDULE, 6, ""), PERSON, "NTE|1||On the patient", SERVICE))
    assert "comment" not in resource(translation, "Appointment")
