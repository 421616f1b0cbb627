"""Encounter: which visit, where, under whom, since when; and what cancels say."""

from typing import Any

import pytest

from tabard.dialect import Reason, Translation, Untranslatable
from unit.dialect.messages import VISIT, admission, draft, flags, read, resource, resources, with_field

VISIT_EVENTS = ["A01", "A02", "A03", "A08", "A11", "A12", "A13"]


def visit(n: int, value: str, event: str = "ADT^A01") -> Translation:
    return read(admission(visit=with_field(VISIT, n, value), event=event))


def encounter(translation: Translation) -> dict[str, Any]:
    return resource(translation, "Encounter")


def test_all_of_a_full_visit() -> None:
    """Number, class, status, patient, consultant, period, ward and bed, how and whence admitted, specialty, site."""
    told = encounter(read(admission()))
    assert told["identifier"][0]["system"] == "urn:tabard:visit:VISITID"
    assert told["identifier"][0]["value"] == "70042"
    assert (told["class"]["code"], told["status"]) == ("IMP", "in-progress")
    assert told["subject"] == {"reference": "Patient/patient-M42"}
    (consultant,) = told["participant"]
    assert consultant["type"][0]["coding"][0]["code"] == "ATND"
    assert consultant["individual"]["display"] == "Mr THOMAS MBEKI"
    assert told["period"] == {"start": "2026-03-01T08:25:00+00:00"}
    assert [one["location"]["display"] for one in told["location"]] == ["WARD7", "BAY2-3"]
    assert {one["status"] for one in told["location"]} == {"active"}
    assert {one["period"]["start"] for one in told["location"]} == {"2026-03-01T08:25:00+00:00"}
    assert told["hospitalization"]["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "21"
    assert told["hospitalization"]["admitSource"]["coding"][0]["code"] == "19"
    assert told["serviceType"]["coding"][0]["display"] == "General Internal Medicine"
    assert told["serviceProvider"]["identifier"]["value"] == "RXX01"


def test_a_bed_is_part_of_its_ward() -> None:
    """Ward and bed are Locations; the bed refers to the ward, and beds of one name on two wards are two."""
    ward, bed = resources(read(admission()), "Location")
    assert (ward["name"], ward["physicalType"]["coding"][0]["code"]) == ("WARD7", "wa")
    assert (bed["name"], bed["physicalType"]["coding"][0]["code"]) == ("BAY2-3", "bd")
    assert bed["partOf"]["reference"] == f"Location/{ward['id']}"
    elsewhere = resources(visit(3, "^WARD8^BAY2-3^RXX01"), "Location")
    assert {one["id"] for one in elsewhere}.isdisjoint({ward["id"], bed["id"]})


@pytest.mark.parametrize(("site", "owner"), [("RXX01&1.2.3&ISO", "RXX01"), ("&1.2.3&ISO", "1.2.3")])
def test_a_site_is_told_by_its_namespace_or_its_oid(site: str, owner: str) -> None:
    """PL-4 is an HD; its OID tells sites apart, and is never claimed to be an organisation code."""
    translation = visit(3, f"^WARD7^^{site}")
    assert resource(translation, "Location")["identifier"][0]["system"] == f"urn:tabard:location:{owner}"
    assert ("managingOrganization" in resource(translation, "Location")) == (owner == "RXX01")
    assert ("serviceProvider" in encounter(translation)) == (owner == "RXX01")


@pytest.mark.parametrize(
    ("place", "names", "flag"),
    [
        ("^WARD7^^RXX01", ["WARD7"], False),
        ("^WARD7", ["WARD7"], False),
        ("^^BAY2-3^RXX01", [], True),
        ("RXX", [], True),
        ("", [], False),
        ("^^^", [], False),
        ("&&&^~^^", [], False),
    ],
)
def test_a_broken_place_is_flagged_and_not_guessed(place: str, names: list[str], *, flag: bool) -> None:
    """A bed without a ward is not a place; nothing at all is nothing."""
    translation = visit(3, place)
    assert [one["location"]["display"] for one in encounter(translation).get("location", [])] == names
    assert (("no-ward", "PV1-3") in flags(translation)) == flag


@pytest.mark.parametrize("trigger", VISIT_EVENTS)
@pytest.mark.parametrize("number", ["", '""', "^^^VISITID"])
def test_an_event_of_no_visit_is_refused(trigger: str, number: str) -> None:
    """Every event of a visit says which one, or is not translated."""
    with pytest.raises(Untranslatable) as refusal:
        visit(19, number, f"ADT^{trigger}")
    assert (refusal.value.reason, refusal.value.place) == (Reason.no_visit_number, "PV1-19")


@pytest.mark.parametrize(
    ("trigger", "status", "place"),
    [
        ("A01", "in-progress", "active"),
        ("A02", "in-progress", "active"),
        ("A03", "finished", "completed"),
        ("A08", "in-progress", "active"),
        ("A11", "cancelled", "completed"),
        ("A12", "in-progress", "active"),
        ("A13", "in-progress", "active"),
    ],
)
def test_each_event_has_its_status(trigger: str, status: str, place: str) -> None:
    """Status of the visit and of its place by what happened."""
    told = encounter(read(admission(event=f"ADT^{trigger}")))
    assert told["status"] == status
    assert {one["status"] for one in told["location"]} == {place}


def test_a_discharge_ends_the_visit() -> None:
    """PV1-45 is the end; how and where the patient went is told."""
    translation = read(
        admission(
            event="ADT^A03", visit=with_field(with_field(with_field(VISIT, 45, "202603051200"), 36, "1"), 37, "19")
        )
    )
    told = encounter(translation)
    assert told["period"]["end"] == "2026-03-05T12:00:00+00:00"
    assert told["hospitalization"]["dischargeDisposition"]["coding"][0]["code"] == "19"
    assert told["hospitalization"]["extension"][1]["valueCodeableConcept"]["coding"][0]["code"] == "1"


def test_a_cancelled_discharge_takes_its_end_back() -> None:
    """Whatever PV1-45 holds in A13 is the end that did not happen: it is cleared, not set; so is where to."""
    told = draft(visit(45, "202603051200", "ADT^A13"), "Encounter")
    assert "end" not in told.resource["period"]
    assert {"period.end", "hospitalization.dischargeDisposition"} <= told.cleared


@pytest.mark.parametrize("trigger", ["A01", "A02", "A11", "A12"])
def test_only_an_end_that_happened_is_taken(trigger: str) -> None:
    """An end in a message that is not about ending is not believed."""
    assert "end" not in encounter(visit(45, "202603051200", f"ADT^{trigger}"))["period"]


@pytest.mark.parametrize(("sent", "status"), [("I", "in-progress"), ("P", "planned"), ("W", "planned")])
def test_an_update_knows_what_is_yet_to_come(sent: str, status: str) -> None:
    """A waiting-list or pre-admission visit is planned."""
    assert encounter(visit(2, sent, "ADT^A08"))["status"] == status


def test_an_update_of_an_ended_visit_says_so() -> None:
    """A08 with a discharge time is about a visit that has ended."""
    assert encounter(visit(45, "202603051200", "ADT^A08"))["status"] == "finished"


@pytest.mark.parametrize(
    ("n", "path"),
    [
        (3, "location"),
        (10, "serviceType"),
        (14, "hospitalization.admitSource"),
        (37, "hospitalization.dischargeDisposition"),
        (44, "period.start"),
    ],
)
def test_null_empties_and_absent_leaves(n: int, path: str) -> None:
    """`""` names what is cleared; a field not sent says nothing of it."""
    assert path in draft(visit(n, '""'), "Encounter").cleared
    assert path not in draft(visit(n, ""), "Encounter").cleared


def test_a_bad_time_is_kept_raw_and_flagged() -> None:
    """A start that is no time is none; the text is kept beside it."""
    translation = visit(44, "20261301")
    assert encounter(translation)["period"] == {
        "_start": {"extension": [{"url": "urn:tabard:extension:source-text", "valueString": "20261301"}]}
    }
    assert ("bad-date", "PV1-44") in flags(translation)


def test_a_class_of_no_fhir_meaning_keeps_its_own_system() -> None:
    """R (recurring) has no FHIR code: it is kept in HL7's own table; a missing one is flagged."""
    assert encounter(visit(2, "R"))["class"] == {"system": "http://terminology.hl7.org/CodeSystem/v2-0004", "code": "R"}
    assert ("missing", "PV1-2") in flags(visit(2, ""))


@pytest.mark.parametrize(
    ("code", "system"),
    [
        ("C9999991", "https://fhir.hl7.org.uk/Id/consultant-code"),
        ("G9999981", "https://fhir.hl7.org.uk/Id/gmp-number"),
        ("C99", "urn:tabard:practitioner:GMC"),
        ("XC9999991", "urn:tabard:practitioner:GMC"),
    ],
)
def test_a_doctor_has_the_system_of_the_code(code: str, system: str) -> None:
    """C and seven digits is a consultant, G and seven a GP; anything else is the sender's own."""
    doctor = next(
        one
        for one in resources(visit(7, f"{code}^MBEKI^THOMAS^^^Mr^^^GMC"), "Practitioner")
        if one["identifier"][0]["value"] == code
    )
    assert doctor["identifier"] == [{"system": system, "value": code}]


def test_one_doctor_in_two_parts_is_one_practitioner() -> None:
    """Attending and consulting are two parts of one person."""
    translation = read(admission(visit=with_field(VISIT, 9, "C9999991^MBEKI^THOMAS^^^Mr^^^GMC")))
    assert [one["type"][0]["coding"][0]["code"] for one in encounter(translation)["participant"]] == ["ATND", "CON"]
    assert sum(one["identifier"][0]["value"] == "C9999991" for one in resources(translation, "Practitioner")) == 1
