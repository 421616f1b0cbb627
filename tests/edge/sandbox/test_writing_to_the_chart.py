"""Writing an Observation: what is taken, what is not, and that nothing saves a client from sending twice."""

import re
from typing import Any

import pytest

from edge.sandbox.conftest import Millpond


def a_pulse(patient: str, **others: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Pulse"},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-07-02T11:00:00Z",
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
        **others,
    }


@pytest.fixture
def patient(millpond: Millpond) -> str:
    """The Patient's id of somebody on Teal."""
    return str(millpond.patient(millpond.hospital.admit("Teal").event.person.mrn)["id"])


def test_what_is_created_is_told_by_headers_alone(millpond: Millpond, patient: str) -> None:
    """201, an empty body of HTML, Location and ETag; a retry is another Observation."""
    url = f"{millpond.hospital.fhir_base}/Observation"
    first, again = (
        millpond.http.post(url, json=a_pulse(patient), headers={"if-none-exist": f"patient={patient}"})
        for _ in range(2)
    )
    assert (first.status_code, first.content, first.headers["content-type"]) == (201, b"", "text/html")
    assert re.fullmatch(rf"{url}/VS-\d+", first.headers["location"])
    assert first.headers["etag"] == 'W/"1"'
    assert first.headers["location"] != again.headers["location"]
    assert millpond.http.get(first.headers["location"]).json()["valueQuantity"]["value"] == 72
    assert len(millpond.found("Observation", patient=patient, code="8867-4")) == 2


def test_an_update_needs_the_version_that_stands(millpond: Millpond, patient: str) -> None:
    """412 without If-Match, 409 with one that is stale; taken, what the body lacks is gone."""
    place = millpond.http.post(
        f"{millpond.hospital.fhir_base}/Observation", json=a_pulse(patient, note=[{"text": "after stairs"}])
    ).headers["location"]
    body = {**a_pulse(patient), "id": place.rpartition("/")[2], "status": "corrected"}
    assert millpond.http.put(place, json=body).status_code == 412
    assert millpond.http.put(place, json=body, headers={"if-match": 'W/"0"'}).status_code == 409
    taken = millpond.http.put(place, json=body, headers={"if-match": 'W/"1"'})
    assert (taken.status_code, taken.content, taken.headers["etag"]) == (200, b"", 'W/"2"')
    assert millpond.http.put(place, json=body, headers={"if-match": 'W/"1"'}).status_code == 409
    assert "note" not in millpond.http.get(place).json()


UNFIT: dict[str, tuple[dict[str, Any], int, str]] = {
    "an unknown field": ({"bodySite": {"text": "wrist"}}, 422, "business-rule"),
    "a modifier": ({"modifierExtension": []}, 422, "extension"),
    "implicit rules": ({"implicitRules": "x"}, 422, "not-supported"),
    "no code": ({"code": None}, 422, "required"),
    "another status": ({"status": "preliminary"}, 422, "business-rule"),
    "another category": ({"category": [{"coding": [{"code": "social-history"}]}]}, 422, "business-rule"),
    "nobody": ({"subject": {"reference": "Patient/1"}}, 422, "business-rule"),
    "no value": ({"valueQuantity": None}, 422, "business-rule"),
    "a long text": ({"note": [{"text": "x" * 256}]}, 400, "too-long"),
    "another shape": ({"category": "vital-signs"}, 400, "structure"),
}


@pytest.mark.parametrize("fault", UNFIT)
def test_what_breaks_a_rule_is_not_taken(millpond: Millpond, patient: str, fault: str) -> None:
    """Each fault has its status and code, is noted, and leaves the chart as it was."""
    others, status, code = UNFIT[fault]
    body = {key: value for key, value in a_pulse(patient, **others).items() if value is not None}
    answer = millpond.http.post(f"{millpond.hospital.fhir_base}/Observation", json=body)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code)
    assert [refused.type for refused in millpond.hospital.refused] == ["Observation"]
    assert millpond.found("Observation", patient=patient) == []


def test_another_patients_visit_is_not_taken(millpond: Millpond, patient: str) -> None:
    """An Observation in somebody else's Encounter is refused."""
    stay = millpond.hospital.admit("Heron").event.stay
    assert stay is not None
    body = a_pulse(
        patient, encounter={"reference": f"Encounter/{millpond.hospital._charting.encounter_id(stay.visit)}"}
    )
    assert millpond.http.post(f"{millpond.hospital.fhir_base}/Observation", json=body).status_code == 422


def test_the_subject_cannot_be_changed(millpond: Millpond, patient: str) -> None:
    """What is one patient's stays theirs."""
    other = millpond.patient(millpond.hospital.admit("Teal").event.person.mrn)["id"]
    place = millpond.http.post(f"{millpond.hospital.fhir_base}/Observation", json=a_pulse(patient)).headers["location"]
    body = {**a_pulse(other), "id": place.rpartition("/")[2]}
    assert millpond.http.put(place, json=body, headers={"if-match": 'W/"1"'}).status_code == 422


def test_what_is_no_json_is_not_taken(millpond: Millpond) -> None:
    """400, and the server goes on."""
    url = f"{millpond.hospital.fhir_base}/Observation"
    assert millpond.http.post(url, content=b"\x00").status_code == 400
    assert millpond.http.post(url, content=b"[]").status_code == 400
