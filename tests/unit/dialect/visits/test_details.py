"""What PV2 and the Z segments of the ITK tell of a visit, worked out by hand from the ITK's own list of fields."""

from typing import Any

import pytest

from tabard.dialect import SOURCE_TEXT, Translation
from unit.dialect.messages import EVENT, PERSON, VISIT, draft, flags, message, read, resource, with_field

R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter."
OURS = "urn:tabard:extension:"


def told(*segments: str, visit: str = VISIT) -> Translation:
    return read(message("ADT^A01", EVENT, PERSON, visit, *segments))


def extensions(*segments: str) -> dict[str, Any]:
    return {one["url"]: one for one in resource(told(*segments), "Encounter").get("extension", [])}


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("Labour", {"text": "Labour"}),
        ("^4 UNWELL", {"text": "4 UNWELL"}),
        (
            "72892002^Normal pregnancy^SCT",
            {
                "coding": [{"system": "http://snomed.info/sct", "code": "72892002", "display": "Normal pregnancy"}],
                "text": "Normal pregnancy",
            },
        ),
    ],
)
def test_why_the_patient_came(sent: str, reason: dict[str, Any]) -> None:
    """PV2-3 as a code where it names its system, else as words."""
    assert resource(told(f"PV2|||{sent}"), "Encounter")["reasonCode"] == [reason]


def test_when_the_visit_is_to_begin_and_end() -> None:
    """PV2-8 and PV2-9 are plans, and never the visit's own times."""
    found = extensions("PV2||||||||20260301090000|20260304")
    assert found[f"{R5}plannedStartDate"]["valueDateTime"] == "2026-03-01T09:00:00+00:00"
    assert found[f"{R5}plannedEndDate"]["valueDateTime"] == "2026-03-04"


def test_the_z_segments_of_the_itk() -> None:
    """Decision to admit, intended management, main specialty, referral, ready for discharge, attendance."""
    zu1 = with_field("ZU1|202602201000|1|C|202602281300||500|||||||||202602191200|202602181156", 24, "202603051100")
    found = extensions(zu1, "ZU3|004|03|5|1||||Normal||||2", "ZU4||||||202603010800")
    moments = {url.removeprefix(OURS): one["valueDateTime"] for url, one in found.items() if "valueDateTime" in one}
    assert moments == {
        "decision-to-admit": "2026-02-20T10:00:00+00:00",
        "consultant-episode-start": "2026-02-28T13:00:00+00:00",
        "referral-received": "2026-02-19T12:00:00+00:00",
        "referral-date": "2026-02-18T11:56:00+00:00",
        "ready-for-discharge": "2026-03-05T11:00:00+00:00",
        "to-come-in": "2026-03-01T08:00:00+00:00",
    }
    codes = {
        url.removeprefix(OURS): one["valueCodeableConcept"]["coding"][0]["code"]
        for url, one in found.items()
        if "valueCodeableConcept" in one
    }
    assert codes == {
        "intended-management": "1",
        "main-specialty": "500",
        "attended": "5",
        "outcome-of-attendance": "1",
        "first-attendance": "2",
    }
    assert found[f"{OURS}appointment-type"]["valueString"] == "Normal"


def test_a_bad_time_is_kept_as_sent_and_flagged() -> None:
    """No time is made of it."""
    translation = told("ZU1|202602301000")
    (one,) = resource(translation, "Encounter")["extension"]
    assert one == {
        "url": f"{OURS}decision-to-admit",
        "_valueDateTime": {"extension": [{"url": SOURCE_TEXT, "valueString": "202602301000"}]},
    }
    assert flags(translation) == {("bad-date", "ZU1-1")}


def test_an_unknown_code_is_kept_as_text_and_flagged() -> None:
    """An intended management that the ITK's table lacks."""
    translation = told("ZU1||7")
    (one,) = resource(translation, "Encounter")["extension"]
    assert one["valueCodeableConcept"] == {"text": "7"}
    assert flags(translation) == {("unknown-code", "ZU1-2")}


@pytest.mark.parametrize(
    ("segment", "path"),
    [
        ('ZU1|""', f"extension:{OURS}decision-to-admit"),
        ('ZU1||""', f"extension:{OURS}intended-management"),
        ('ZU3||||||||""', f"extension:{OURS}appointment-type"),
        ('PV2|||""', "reasonCode"),
        ('PV2||||||||""', f"extension:{R5}plannedStartDate"),
    ],
)
def test_null_empties_and_absent_leaves(segment: str, path: str) -> None:
    """`""` names what it empties; a segment that is not there says nothing."""
    assert path in draft(told(segment), "Encounter").cleared
    assert path not in draft(told(), "Encounter").cleared


def test_type_readmission_and_what_to_be_ready_for() -> None:
    """PV1-18, PV1-13 and PV1-15."""
    sent = with_field(with_field(with_field(VISIT, 13, "R"), 15, "B6"), 18, "Pregnant")
    visit = resource(told(visit=sent), "Encounter")
    assert visit["type"] == [{"coding": [{"system": "urn:tabard:code:patient-type", "code": "Pregnant"}]}]
    stay = visit["hospitalization"]
    assert stay["reAdmission"]["coding"][0] == {
        "system": "http://terminology.hl7.org/CodeSystem/v2-0092",
        "code": "R",
        "display": "Re-admission",
    }
    assert [one["coding"][0]["display"] for one in stay["specialArrangement"]] == ["Pregnant"]
