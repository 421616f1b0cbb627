"""What each event of a visit makes of it: status, places, and what is to come; each row is worked out by hand from HL7 v2.4, 3.3."""

from typing import Any

import pytest

from tabard.dialect import (
    EXPECTED_RETURN,
    PENDING_DISCHARGE,
    PENDING_TRANSFER,
    Event,
    Reason,
    Translation,
    Untranslatable,
)
from unit.dialect.messages import EVENT, PERSON, VISIT, draft, flags, message, read, resource, with_field

OCCURRED = "2026-03-01T08:25:00+00:00"
HERE = {"status": "active", "period": {"start": OCCURRED}}
GONE = {"status": "completed", "period": {"end": OCCURRED}}
AWAITED, KEPT = {"status": "planned"}, {"status": "reserved"}
WARD = {"reference": "Location/location:RXX01:WARD7", "display": "WARD7"}
BED = {"reference": "Location/location:RXX01:WARD7:BAY2-3", "display": "BAY2-3"}


def event(trigger: str, visit: str = VISIT, *more: str, evn: str = EVENT) -> Translation:
    return read(message(f"ADT^{trigger}", evn, PERSON, visit, *more))


def extensions(translation: Translation) -> dict[str, Any]:
    return {one["url"]: one for one in resource(translation, "Encounter").get("extension", [])}


def parts(extension: dict[str, Any]) -> list[Any]:
    """Name and value of each part of an extension."""
    return [(one["url"], *[value for key, value in one.items() if key != "url"]) for one in extension["extension"]]


@pytest.mark.parametrize(
    ("trigger", "means", "status", "standing"),
    [
        ("A01", Event.admit, "in-progress", HERE),
        ("A02", Event.transfer, "in-progress", HERE),
        ("A03", Event.discharge, "finished", GONE),
        ("A04", Event.register_visit, "in-progress", HERE),
        ("A05", Event.pre_admit, "planned", AWAITED),
        ("A06", Event.to_inpatient, "in-progress", HERE),
        ("A07", Event.to_outpatient, "in-progress", HERE),
        ("A08", Event.update, "in-progress", HERE),
        ("A11", Event.cancel_admit, "cancelled", GONE),
        ("A12", Event.cancel_transfer, "in-progress", HERE),
        ("A13", Event.cancel_discharge, "in-progress", HERE),
        ("A14", Event.pend_admit, "planned", AWAITED),
        ("A15", Event.pend_transfer, "in-progress", HERE),
        ("A16", Event.pend_discharge, "in-progress", HERE),
        ("A21", Event.leave, "onleave", KEPT),
        ("A22", Event.return_from_leave, "in-progress", HERE),
        ("A23", Event.delete_visit, "entered-in-error", GONE),
        ("A25", Event.cancel_pend_discharge, "in-progress", HERE),
        ("A26", Event.cancel_pend_transfer, "in-progress", HERE),
        ("A27", Event.cancel_pend_admit, "cancelled", AWAITED),
        ("A38", Event.cancel_pre_admit, "cancelled", AWAITED),
        ("A52", Event.cancel_leave, "in-progress", HERE),
        ("A53", Event.cancel_return, "onleave", KEPT),
    ],
)
def test_each_event_leaves_the_visit_in_its_status(
    trigger: str, means: Event, status: str, standing: dict[str, Any]
) -> None:
    """The status, and whether the ward and bed are taken, awaited, kept free for who is on leave, or left."""
    translation = event(trigger)
    visit = resource(translation, "Encounter")
    assert (translation.event, visit["status"], translation.visit_id) == (means, status, visit["id"])
    assert visit["location"] == [{"location": WARD, **standing}, {"location": BED, **standing}]
    assert visit["subject"] == {"reference": "Patient/patient-M42"}
    assert flags(translation) == ({("missing", "PV1-42")} if trigger == "A15" else set())


def test_when_it_was_recorded_is_told_beside_when_it_happened() -> None:
    """EVN-2 is when somebody wrote it down, EVN-6 when it happened; without EVN-2 it is when it was sent."""
    translation = event("A02")
    assert (translation.occurred, translation.recorded) == (
        translation.occurred.replace(hour=8, minute=25) if translation.occurred else None,
        translation.recorded.replace(hour=8, minute=30) if translation.recorded else None,
    )
    assert event("A02", evn="EVN|||||U1|20260301082500").recorded == translation.recorded  # MSH-7 says the same
    assert event("A02", evn="EVN||20260301091500|||U1|20260301082500").recorded != translation.recorded


@pytest.mark.parametrize(
    ("noted", "is_far"),
    [("20260401083000", False), ("20260402083000", True), ("20260128083000", True), ("20280701083000", True)],
)
def test_a_time_far_from_the_messages_own_is_flagged(noted: str, is_far: bool) -> None:  # noqa: FBT001  a parameter
    """More than 31 days between EVN-2 and MSH-7: one of two clocks is wrong, and neither is mended."""
    told = flags(event("A01", evn=f"EVN||{noted}|||U1|20260301082500"))
    assert (("contradiction", "EVN-2") in told) == is_far


def test_a_pending_transfer_names_the_place_to_come_and_keeps_that_of_now() -> None:
    """PV1-42 is where the patient is to go, EVN-3 when; nobody is looked for there before."""
    to_be = with_field(VISIT, 42, "^WARD9^BED1^RXX01")
    translation = event("A15", to_be, evn="EVN||20260301083000|20260302100000||U1|20260301082500")
    assert parts(extensions(translation)[PENDING_TRANSFER]) == [
        ("location", {"reference": "Location/location:RXX01:WARD9", "display": "WARD9"}),
        ("location", {"reference": "Location/location:RXX01:WARD9:BED1", "display": "BED1"}),
        ("expected", "2026-03-02T10:00:00+00:00"),
    ]
    assert [one["location"] for one in resource(translation, "Encounter")["location"]] == [WARD, BED]


def test_a_pending_transfer_to_nowhere_is_flagged() -> None:
    """It is told that one is pending, since when, and that nobody said for where."""
    translation = event("A15")
    assert parts(extensions(translation)[PENDING_TRANSFER]) == [("said", OCCURRED)]
    assert ("missing", "PV1-42") in flags(translation)


def test_a_pending_discharge_tells_when_and_for_where() -> None:
    """PV2-9 and PV1-37: the visit goes on, and nothing is said of how it ended."""
    translation = event("A16", with_field(VISIT, 37, "19"), with_field("PV2", 9, "20260303"))
    (destination, expected) = parts(extensions(translation)[PENDING_DISCHARGE])
    assert destination[1]["coding"][0]["code"] == "19"
    assert expected == ("expected", "2026-03-03")
    assert "dischargeDisposition" not in resource(translation, "Encounter")["hospitalization"]


@pytest.mark.parametrize(
    ("trigger", "url", "goes"),
    [
        ("A26", PENDING_TRANSFER, True),
        ("A02", PENDING_TRANSFER, True),
        ("A03", PENDING_TRANSFER, True),
        ("A08", PENDING_TRANSFER, False),
        ("A25", PENDING_DISCHARGE, True),
        ("A03", PENDING_DISCHARGE, True),
        ("A02", PENDING_DISCHARGE, False),
        ("A22", EXPECTED_RETURN, True),
        ("A52", EXPECTED_RETURN, True),
        ("A08", EXPECTED_RETURN, False),
    ],
)
def test_what_has_come_or_is_called_off_is_pending_no_more(trigger: str, url: str, goes: bool) -> None:  # noqa: FBT001  a parameter
    """A cancel, and the event itself, empty what was pending; any other event leaves it."""
    assert (f"extension:{url}" in draft(event(trigger), "Encounter").cleared) == goes


@pytest.mark.parametrize("trigger", ["A21", "A53"])
def test_leave_tells_when_the_patient_is_to_be_back(trigger: str) -> None:
    """PV2-47, where it is sent."""
    back = extensions(event(trigger, VISIT, with_field("PV2", 47, "20260304180000")))
    assert back[EXPECTED_RETURN]["valueDateTime"] == "2026-03-04T18:00:00+00:00"
    assert EXPECTED_RETURN not in extensions(event(trigger))


@pytest.mark.parametrize("trigger", ["A06", "A07"])
def test_a_change_of_class_changes_the_class(trigger: str) -> None:
    """An outpatient who is admitted keeps the visit: its class is that of PV1-2."""
    code = {"A06": ("I", "IMP"), "A07": ("O", "AMB")}[trigger]
    assert resource(event(trigger, with_field(VISIT, 2, code[0])), "Encounter")["class"]["code"] == code[1]


@pytest.mark.parametrize("trigger", ["A02", "A06", "A23"])
def test_a_visit_is_not_given_another_number(trigger: str) -> None:
    """MRG-5 with another number than PV1-19: the patient would lie in two places, so the message is refused."""
    with pytest.raises(Untranslatable) as refusal:
        event(trigger, VISIT, "MRG|M42^^^RXX||||70041^^^VISITID")
    assert (refusal.value.reason, refusal.value.place) == (Reason.unsupported_event, "MRG-5")


@pytest.mark.parametrize(("n", "name"), [(36, "DischargeMethod"), (37, "dischargeDisposition")])
def test_how_it_ended_is_not_believed_of_a_visit_that_goes_on(n: int, name: str) -> None:
    """PV1-36 and 37 are told of a discharge; in an admission they are flagged and told to nobody."""
    ended, on = event("A03", with_field(VISIT, n, "1" if n == 36 else "19")), event("A01", with_field(VISIT, n, "1"))
    assert name in str(resource(ended, "Encounter")["hospitalization"])
    assert name not in str(resource(on, "Encounter")["hospitalization"])
    assert flags(on) == {("contradiction", f"PV1-{n}")}
    assert not flags(ended)
