"""What happens at Millpond Royal stands in its FHIR server, under ids that nothing else tells."""

import re
from decimal import Decimal
from typing import Any

import httpx
import pytest

from edge.sandbox.conftest import Millpond
from tabard.sandbox import C_REACTIVE_PROTEIN, FIN_SYSTEM, NHS_SYSTEM, VISIT_SYSTEM
from unit.sandbox.conftest import Receiver


def test_a_patient_is_found_by_mrn_and_nhs_number(millpond: Millpond) -> None:
    """Both numbers lead to one Patient, who is whom the feed admitted."""
    person = millpond.hospital.admit("Teal").event.person
    patient = millpond.patient(person.mrn)
    assert (patient["name"][0]["family"], patient["birthDate"]) == (person.family, f"{person.born:%Y-%m-%d}")
    (same,) = millpond.found("Patient", identifier=f"{NHS_SYSTEM}|{person.nhs_number}")
    assert same["id"] == patient["id"] == millpond.hospital.fhir_id(person.mrn)
    assert [one["type"]["coding"][1]["code"] for one in patient["identifier"]] == ["MR", "NH"]
    assert patient["identifier"][0]["type"]["coding"][0]["system"].endswith(f"{millpond.hospital.tenant}/codeSet/4")


def test_a_stay_is_one_encounter_with_every_bed(millpond: Millpond) -> None:
    """Moved, moved back in words only, discharged: the Encounter follows, its version is of two parts and goes up."""
    event = millpond.hospital.admit("Heron", "A1").event
    mrn = event.person.mrn
    patient = millpond.patient(mrn)["id"]
    millpond.hospital.transfer(mrn, "Weir", "B2")
    millpond.hospital.transfer(mrn, "Teal", "A1")
    millpond.hospital.cancel_transfer(mrn)
    (stay,) = millpond.found("Encounter", patient=patient, status="in-progress")
    assert [place["location"]["display"].split(", ")[1] for place in stay["location"]] == ["Heron", "Weir"]
    assert [place["status"] for place in stay["location"]] == ["completed", "active"]
    bed = millpond.get(stay["location"][1]["location"]["reference"]).json()
    assert (bed["name"], bed["physicalType"]["coding"][1]["code"]) == ("B2", "bd")
    millpond.hospital.discharge(mrn)
    answer = millpond.get(f"Encounter/{stay['id']}")
    assert (answer.json()["status"], answer.json()["hospitalization"]["destination"]["reference"][0]) == (
        "finished",
        "#",
    )
    assert re.fullmatch(r'W/"\d+-0"', answer.headers["etag"])
    assert answer.headers["etag"] != f'W/"{stay["meta"]["versionId"]}"'
    numbers = {one["system"]: one["value"] for one in stay["identifier"]}
    assert event.stay is not None
    assert numbers[VISIT_SYSTEM] == event.stay.visit
    assert [one["id"] for one in millpond.found("Encounter", identifier=f"{FIN_SYSTEM}|{numbers[FIN_SYSTEM]}")] == [
        stay["id"]
    ]


def test_vital_signs_are_observations(millpond: Millpond) -> None:
    """Six measurements are five Observations, blood pressure with two components; numbers keep their digits."""
    mrn = millpond.hospital.admit("Teal").event.person.mrn
    ids = millpond.hospital.vital_signs(mrn, ["128", "74", "81", "37.0", "16", "97"])
    seen = {
        one["id"]: one
        for one in millpond.found("Observation", patient=millpond.patient(mrn)["id"], category="vital-signs")
    }
    assert set(seen) == set(ids)
    pressure = seen[ids[0]]
    assert pressure["id"].startswith("BP-")
    assert [part["valueQuantity"]["value"] for part in pressure["component"]] == [128, 74]
    raw = millpond.get(f"Observation/{ids[2]}").content
    assert re.search(rb'"value":37\.0\b', raw)
    assert seen[ids[2]]["valueQuantity"]["code"] == "Cel"


def test_vital_signs_are_not_found_by_millenniums_own_code(millpond: Millpond) -> None:
    """LOINC finds them, components and proprietary codes do not, as the documentation says."""
    mrn = millpond.hospital.admit("Teal").event.person.mrn
    patient = millpond.patient(mrn)["id"]
    millpond.hospital.vital_signs(mrn)
    (pulse,) = millpond.found("Observation", patient=patient, code="http://loinc.org|8867-4")
    own = pulse["code"]["coding"][0]
    assert millpond.found("Observation", patient=patient, code=f"{own['system']}|{own['code']}") == []
    assert len(millpond.found("Observation", patient=patient, code="85354-9")) == 1
    assert millpond.found("Observation", patient=patient, code="8480-6") == []


def test_a_result_below_the_floor_has_a_comparator(millpond: Millpond) -> None:
    """`<5` is a quantity of 5 with `<`; the report names its result."""
    mrn = millpond.hospital.admit("Teal").event.person.mrn
    patient = millpond.patient(mrn)["id"]
    (id_,) = millpond.hospital.result(mrn, C_REACTIVE_PROTEIN, ["<5"])
    (result,) = millpond.found("Observation", patient=patient, category="laboratory")
    assert (result["id"], result["valueQuantity"]["comparator"], result["valueQuantity"]["value"]) == (id_, "<", 5)
    (report,) = millpond.found("DiagnosticReport", patient=patient)
    assert [one["reference"].split("/")[-1] for one in report["result"]] == [id_]


def test_references_come_relative_and_absolute_and_ids_stand_in_the_words(millpond: Millpond) -> None:
    """A reader must mind both kinds of reference, and the patient's id in the narrative and in an identifier."""
    mrn = millpond.hospital.admit("Teal").event.person.mrn
    ids = millpond.hospital.result(mrn)
    patient = millpond.patient(mrn)["id"]
    (report,) = millpond.found("DiagnosticReport", patient=patient)
    references = [one["reference"] for one in report["result"]]
    assert references[0] == f"Observation/{ids[0]}"
    assert references[1] == f"{millpond.hospital.fhir_base}/Observation/{ids[1]}"
    first = millpond.get(f"Observation/{ids[0]}").json()
    assert f"Patient Id</b>: {patient}" in first["text"]["div"]
    assert ids[0].removeprefix("L-") in first["identifier"][0]["value"]


def test_no_id_of_the_chart_is_told_by_the_feed(millpond: Millpond, receiver: Receiver) -> None:
    """What the FHIR server calls people, visits, places and doctors stands in no message."""
    list(millpond.hospital.fill(0.2))
    list(millpond.hospital.play(speed=1e9, events=40))
    told = b"".join(receiver.heard)
    chart = millpond.hospital._chart
    ids = [id_ for type_ in chart._held for id_ in chart._held[type_]]
    assert len(ids) > 500
    assert [id_ for id_ in ids if id_.encode() in told] == []


def test_pages_follow_links_and_show_what_changed_again(millpond: Millpond) -> None:
    """Newest first by page, each page its links; what was shown and then changed comes again, newer."""
    mrn = millpond.hospital.admit("Teal").event.person.mrn
    for _ in range(3):
        millpond.pass_by(minutes=2)
        millpond.hospital.vital_signs(mrn)
    patient = millpond.patient(mrn)["id"]
    first = millpond.get("Observation", patient=patient, _count="6").json()
    links = {link["relation"]: link["url"] for link in first["link"]}
    assert set(links) == {"self", "next"}
    assert re.search(r"pageContext=[0-9a-f-]{36}&direction=NEXT$", links["next"])
    shown = {entry["resource"]["id"]: entry["resource"] for entry in first["entry"]}
    one = next(resource for id_, resource in shown.items() if id_.startswith("VS"))
    changed = {**one, "status": "corrected"}
    put = millpond.http.put(
        f"{millpond.hospital.fhir_base}/Observation/{one['id']}", json=changed, headers={"if-match": 'W/"1"'}
    )
    assert put.status_code == 200
    second = millpond.http.get(links["next"]).json()
    after = {entry["resource"]["id"]: entry["resource"] for entry in second["entry"]}
    assert after[one["id"]]["meta"]["versionId"] == "2"
    assert len(after) == 7
    assert {link["relation"] for link in second["link"]} == {"self", "next", "previous"}
    assert min(r["effectiveDateTime"] for r in shown.values()) >= max(
        r["effectiveDateTime"] for id_, r in after.items() if id_ not in shown
    )


def test_a_page_link_cannot_be_made_up_and_does_not_last(millpond: Millpond) -> None:
    """A made-up context, another type's and one that is too old are refused and noted."""
    mrn = millpond.hospital.admit("Teal").event.person.mrn
    millpond.hospital.vital_signs(mrn)
    patient = millpond.patient(mrn)["id"]
    first = millpond.get("Observation", patient=patient, _count="2").json()
    link = next(link["url"] for link in first["link"] if link["relation"] == "next")
    made_up = re.sub("pageContext=[^&]+", "pageContext=00000000-0000-0000-0000-000000000000", link)
    assert millpond.http.get(made_up).status_code == 400
    assert millpond.http.get(link).status_code == 200
    millpond.pass_by(minutes=5)
    assert millpond.http.get(link).status_code == 400
    assert {refused.why for refused in millpond.hospital.refused} == {"this page link is not known, or no longer"}


def test_a_refused_search_is_answered_as_documented_and_noted_without_values(millpond: Millpond) -> None:
    """Plain text where nothing needed is named, an OperationOutcome else; the log holds names only."""
    answer = millpond.get("Observation", category="laboratory")
    assert (answer.status_code, answer.text) == (400, "no supported search parameters provided")
    assert answer.headers["content-type"].startswith("text/plain")
    other = millpond.get("Encounter", patient="7", location="secret")
    assert (other.status_code, other.json()["resourceType"]) == (400, "OperationOutcome")
    assert [(one.type, one.parameters) for one in millpond.hospital.refused] == [
        ("Observation", ("category",)),
        ("Encounter", ("patient", "location")),
    ]
    assert "secret" not in repr(millpond.hospital.refused)


def test_laboratory_results_by_id_are_of_one_patient(millpond: Millpond) -> None:
    """Ids of two people's results in one search are refused."""
    people = [millpond.hospital.admit("Teal").event.person.mrn for _ in range(2)]
    one, other = (millpond.hospital.result(mrn, C_REACTIVE_PROTEIN)[0] for mrn in people)
    assert len(millpond.found("Observation", _id=one)) == 1
    assert millpond.get("Observation", _id=f"{one},{other}").status_code == 400


def test_too_many_patients_are_not_given_out(millpond: Millpond) -> None:
    """More than a thousand people for one search are 422."""
    for _ in range(1001):
        millpond.hospital._charting.take(
            millpond.hospital.census.register(millpond.hospital.people.draw(), millpond.clock[0])
        )
    assert millpond.get("Patient", birthdate="ge1900-01-01").status_code == 422


@pytest.mark.parametrize("accept", ["application/xml", "application/fhir+xml", "text/html"])
def test_whoever_takes_no_json_gets_nothing(millpond: Millpond, accept: str) -> None:
    """406 and an empty body."""
    answer = millpond.http.get(f"{millpond.hospital.fhir_base}/metadata", headers={"accept": accept})
    assert (answer.status_code, answer.content) == (406, b"")


def test_headers_are_millenniums(millpond: Millpond) -> None:
    """Each answer has an X-Request-Id of its own; FHIR's old media type is answered to those who ask by it."""
    url = f"{millpond.hospital.fhir_base}/Organization"
    one, other = millpond.http.get(url), millpond.http.get(url, headers={"accept": "application/json+fhir"})
    assert one.headers["x-request-id"] != other.headers["x-request-id"]
    assert one.headers["content-type"] == "application/fhir+json"
    assert other.headers["content-type"] == "application/json+fhir"


def test_the_statements_are_true(millpond: Millpond) -> None:
    """Every type and parameter that metadata names is answered, and none is answered that it does not name."""
    anonymous = httpx.get(f"{millpond.hospital.fhir_base}/metadata").json()
    told: dict[str, dict[str, Any]] = {one["type"]: one for one in anonymous["rest"][0]["resource"]}
    assert {type_ for type_ in told if millpond.get(type_).status_code == 404} == set()
    assert millpond.get("Goal", patient="1").status_code == 404
    writing = {type_ for type_, one in told.items() if {"code": "create"} in one["interaction"]}
    assert writing == {"Appointment", "DocumentReference", "Observation"}
    assert all(
        millpond.http.post(f"{millpond.hospital.fhir_base}/{type_}", json={}).status_code in {403, 405}
        for type_ in set(told) - writing
    )
    smart = httpx.get(f"{millpond.hospital.fhir_base}/.well-known/smart-configuration").json()
    assert smart["token_endpoint"] == millpond.hospital.token_url
    assert smart["grant_types_supported"] == ["authorization_code", "client_credentials"]
    assert smart["code_challenge_methods_supported"] == ["S256"]
    assert [key["kty"] for key in httpx.get(smart["jwks_uri"]).json()["keys"]] == ["RSA"]
    assert Decimal(anonymous["fhirVersion"][:3]) == Decimal("4.0")
