"""Documents and appointments are taken by Millennium's rules, and a bad day may come to writes alone."""

from typing import Any

import httpx
import pytest

from edge.sandbox.conftest import SCOPES, Millpond
from edge.sandbox.test_writing_to_the_chart import a_pulse
from tabard.sandbox import Trouble

GIVEN = [{"system": "urn:tabard:written", "value": "w-1"}]


def a_letter(patient: str, **others: Any) -> dict[str, Any]:
    """A document, its content in the body."""
    attachment = {"contentType": "application/xhtml+xml;charset=utf-8", "data": "PGRpdi8+", "title": "Letter"}
    return {
        "resourceType": "DocumentReference",
        "identifier": GIVEN,
        "status": "current",
        "docStatus": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "content": [{"attachment": attachment}],
        **others,
    }


def a_booking(patient: str, **others: Any) -> dict[str, Any]:
    """An appointment in a slot."""
    return {
        "resourceType": "Appointment",
        "identifier": GIVEN,
        "status": "booked",
        "slot": [{"reference": "Slot/24477854-0"}],
        "start": "2026-07-10T09:00:00Z",
        "participant": [{"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"}],
        **others,
    }


@pytest.fixture
def patient(millpond: Millpond) -> str:
    """The Patient's id of somebody on Teal, and a token to write."""
    millpond.sign_in(f"{SCOPES} system/DocumentReference.crus system/Appointment.crs")
    return str(millpond.patient(millpond.hospital.admit("Teal").event.person.mrn)["id"])


def send(millpond: Millpond, body: dict[str, Any]) -> httpx.Response:
    """Create."""
    return millpond.http.post(f"{millpond.hospital.fhir_base}/{body['resourceType']}", json=body)


def test_a_document_is_taken_without_the_identifier_given_to_it(millpond: Millpond, patient: str) -> None:
    """What is not listed is ignored: nobody finds a document by a number of their own; each POST is another one."""
    first, again = (send(millpond, a_letter(patient)) for _ in range(2))
    assert (first.status_code, first.content) == (201, b"")
    assert first.headers["location"] != again.headers["location"]
    found = millpond.found("DocumentReference", patient=patient, type="http://loinc.org|11488-4")
    assert [one.get("identifier") for one in found] == [None, None]


def test_an_appointment_is_found_by_its_date_and_a_proposed_one_by_its_wish(millpond: Millpond, patient: str) -> None:
    """A date is needed; what is proposed shows by `-date-or-req-period` alone; a slot is booked once."""
    wished = [{"start": "2026-07-11T09:00:00Z", "end": "2026-07-11T10:00:00Z"}]
    proposed = a_booking(patient, status="proposed", slot=[], requestedPeriod=wished)
    assert [send(millpond, one).status_code for one in (a_booking(patient), proposed)] == [201, 201]
    assert send(millpond, a_booking(patient)).status_code == 422, "the slot is not free any more"
    assert millpond.get("Appointment", patient=patient).status_code == 400
    assert len(millpond.found("Appointment", patient=patient, date="ge2026-07-01")) == 1
    assert len(millpond.found("Appointment", patient=patient, **{"-date-or-req-period": "ge2026-07-01"})) == 2
    place = send(millpond, a_booking(patient, slot=[{"reference": "Slot/2"}])).headers["location"]
    assert millpond.http.put(place, json=a_booking(patient)).status_code == 403, "changed by PATCH only: no scope puts"


UNFIT: dict[str, tuple[dict[str, Any], int, str]] = {
    "no type": ({"type": None}, 422, "required"),
    "no content": ({"content": None}, 422, "required"),
    "content elsewhere": ({"content": [{"attachment": {"contentType": "text/html", "url": "x"}}]}, 422, "required"),
    "a kind": ({"content": [{"attachment": {"contentType": "image/png", "data": "eA=="}}]}, 422, "business-rule"),
    "a date": (
        {"content": [{"attachment": {"contentType": "text/html", "data": "eA==", "creation": "2026-07-01"}}]},
        422,
        "business-rule",
    ),
    "nobody": ({"subject": {"reference": "Patient/1"}}, 422, "business-rule"),
    "a modifier": ({"modifierExtension": []}, 422, "extension"),
    "another visit": ({"context": {"encounter": [{"reference": "Encounter/1"}]}}, 422, "business-rule"),
    "a long text": ({"description": "x" * 256}, 400, "too-long"),
}


@pytest.mark.parametrize("fault", UNFIT)
def test_a_document_that_breaks_a_rule_is_not_taken(millpond: Millpond, patient: str, fault: str) -> None:
    """Each fault has its status and code, is noted, and leaves the chart as it was."""
    others, status, code = UNFIT[fault]
    body = {key: value for key, value in a_letter(patient, **others).items() if value is not None}
    answer = send(millpond, body)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code)
    assert [refused.type for refused in millpond.hospital.refused] == ["DocumentReference"]
    assert millpond.found("DocumentReference", patient=patient) == []


def test_a_document_is_written_over_against_its_version(millpond: Millpond, patient: str) -> None:
    """409 with a stale version; what the body lacks is gone."""
    place = send(millpond, a_letter(patient, description="first")).headers["location"]
    body = {**a_letter(patient), "id": place.rpartition("/")[2]}
    assert millpond.http.put(place, json=body, headers={"if-match": 'W/"0"'}).status_code == 409
    assert millpond.http.put(place, json=body, headers={"if-match": 'W/"1"'}).status_code == 200
    assert "description" not in millpond.http.get(place).json()


@pytest.mark.parametrize("trouble", [Trouble.lost_answer, Trouble.late_answer, Trouble.late_write, Trouble.cut])
def test_a_trouble_of_writes_waits_for_one(millpond: Millpond, patient: str, trouble: Trouble) -> None:
    """Who reads is answered; the write is done before the line ends, with a late answer, after the line ends, or not at all."""
    millpond.hospital.trouble(trouble, delay_s=0.2, for_writes=True)
    assert millpond.found("Observation", patient=patient) == []
    if trouble is Trouble.late_answer:
        assert send(millpond, a_pulse(patient)).status_code == 201
    else:
        with pytest.raises(httpx.TransportError):
            send(millpond, a_pulse(patient))
    there = millpond.found("Observation", patient=patient)
    while trouble is Trouble.late_write and not there:
        there = millpond.found("Observation", patient=patient)
    assert len(there) == (0 if trouble is Trouble.cut else 1)
