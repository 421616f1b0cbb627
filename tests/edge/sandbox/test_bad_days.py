"""Trouble to order, and the chart told otherwise than the feed: what those who link to a Millennium must stand."""

import json
from threading import Thread

import httpx
import pytest

from edge.sandbox.conftest import Millpond
from edge.sandbox.test_writing_to_the_chart import a_pulse
from tabard.sandbox import MRN_SYSTEM, Trouble

ANSWERED = {
    Trouble.throttled: (429, "throttled"),
    Trouble.server_error: (500, "required"),
    Trouble.stale: (409, "conflict"),
}


@pytest.mark.parametrize("kind", ANSWERED)
def test_trouble_comes_as_often_as_it_was_ordered(millpond: Millpond, kind: Trouble) -> None:
    """Twice its OperationOutcome, then the right answer; Retry-After only when told."""
    millpond.hospital.trouble(kind, 2)
    for _ in range(2):
        answer = millpond.get("Organization")
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == ANSWERED[kind]
        assert "retry-after" not in answer.headers
    assert millpond.get("Organization").status_code == 200


def test_retry_after_is_told_when_ordered(millpond: Millpond) -> None:
    """So many seconds, as ordered."""
    millpond.hospital.trouble("throttled", retry_after_s=7)
    assert millpond.get("Organization").headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("kind", "status", "body", "type_"),
    [
        (Trouble.plain_text, 200, b"The service is being moved.", "text/plain"),
        (Trouble.empty_body, 200, b"", "text/html"),
        (Trouble.unavailable, 503, b"<html><body>Service Unavailable</body></html>", "text/html"),
        (Trouble.unauthorized, 401, b"", "text/html"),
    ],
)
def test_what_is_not_json_comes_as_such(
    millpond: Millpond, kind: Trouble, status: int, body: bytes, type_: str
) -> None:
    """Plain text, nothing, or a page of whatever stands in front."""
    millpond.hospital.trouble(kind)
    answer = millpond.get("Organization")
    assert (answer.status_code, answer.content, answer.headers["content-type"].split(";")[0]) == (status, body, type_)


def test_a_cut_connection_ends_one_request_only(millpond: Millpond) -> None:
    """The asker hears the line end; the next request is answered."""
    millpond.hospital.trouble(Trouble.cut)
    with pytest.raises(httpx.TransportError):
        millpond.get("Organization")
    assert millpond.get("Organization").status_code == 200


def test_a_silent_server_says_nothing_and_then_the_line_ends(millpond: Millpond) -> None:
    """Nothing comes, nothing was done, and the next request is answered."""
    millpond.hospital.trouble("silent", delay_s=0.05)
    with pytest.raises(httpx.TransportError):
        millpond.get("Organization")
    assert millpond.get("Organization").status_code == 200


def test_a_lost_answer_was_done(millpond: Millpond) -> None:
    """The line ends, and the Observation is there: whoever sends again has two."""
    patient = millpond.patient(millpond.hospital.admit("Teal").event.person.mrn)["id"]
    millpond.hospital.trouble(Trouble.lost_answer)
    with pytest.raises(httpx.TransportError):
        millpond.http.post(f"{millpond.hospital.fhir_base}/Observation", json=a_pulse(patient))
    assert len(millpond.found("Observation", patient=patient)) == 1


def test_a_slow_answer_holds_up_nobody_else(millpond: Millpond) -> None:
    """While one waits another is answered, and then the one is answered too."""
    millpond.hospital.trouble(Trouble.slow, delay_s=0.2)
    answers: list[httpx.Response] = []
    url, bearer = f"{millpond.hospital.fhir_base}/Organization", dict(millpond.http.headers)
    waiting = Thread(target=lambda: answers.append(httpx.get(url, headers=bearer)))
    waiting.start()
    assert httpx.get(f"{millpond.hospital.fhir_base}/metadata").status_code == 200
    waiting.join()
    assert answers[0].status_code == 200


def test_ordered_trouble_can_be_taken_back(millpond: Millpond) -> None:
    """0 times means no more of any."""
    millpond.hospital.trouble(Trouble.throttled, 100)
    millpond.hospital.trouble(Trouble.throttled, 0)
    assert millpond.get("Organization").status_code == 200


def test_a_merge_leaves_a_pointer_and_the_record_goes_to_the_survivor(millpond: Millpond) -> None:
    """The prior is found by id only, inactive, without a number; what was theirs is the survivor's, in words too."""
    there = millpond.hospital
    mrn = there.admit("Teal").event.person.mrn
    double = there.register(there.double_of(mrn)).event.person.mrn
    there.result(double)
    gone, into = there.fhir_id(double), there.fhir_id(mrn)
    there.merge(mrn, double)
    pointer = millpond.get(f"Patient/{gone}").json()
    assert (pointer["active"], pointer["link"][0]["other"]["reference"]) == (False, f"Patient/{into}")
    assert "value" not in pointer["identifier"][0]
    assert millpond.found("Patient", identifier=f"{MRN_SYSTEM}|{double}") == []
    assert millpond.found("Patient", _id=gone) == []
    assert [one["id"] for one in millpond.found("Patient", birthdate="ge1900-01-01")] == [into]
    assert millpond.found("Observation", patient=gone) == []
    moved = millpond.found("Observation", patient=into)
    assert len(moved) == 5
    assert gone not in json.dumps(moved)


def test_a_merge_on_one_side_only(millpond: Millpond) -> None:
    """In FHIR only: the feed says nothing and the census has both. In the feed only: FHIR has both."""
    there = millpond.hospital
    mrn = there.admit("Teal").event.person.mrn
    one, two = (there.register(there.double_of(mrn)).event.person.mrn for _ in range(2))
    there.merge_in_fhir_only(mrn, one)
    assert millpond.found("Patient", identifier=f"{MRN_SYSTEM}|{one}") == []
    assert there.census.person(one).mrn == one
    assert b"ADT^A34" in there.merge_in_feed_only(mrn, two).message
    assert millpond.patient(two)["active"]


def test_two_people_change_ids(millpond: Millpond) -> None:
    """After a swap each id is the other person, with the other's results; nothing is mixed."""
    there = millpond.hospital
    one, other = (there.admit("Teal").event.person for _ in range(2))
    first, second = there.fhir_id(one.mrn), there.fhir_id(other.mrn)
    (result,) = there.result(one.mrn, values=None)[:1]
    there.swap(one.mrn, other.mrn)
    assert (millpond.patient(one.mrn)["id"], millpond.patient(other.mrn)["id"]) == (second, first)
    assert millpond.get(f"Patient/{first}").json()["name"][0]["family"] == other.family
    assert millpond.found("Observation", patient=first) == []
    moved = millpond.get(f"Observation/{result}").json()
    assert moved["subject"]["reference"] == f"Patient/{second}"
    assert f"Patient Id</b>: {second}" in moved["text"]["div"]
    there.vital_signs(one.mrn)
    assert len(millpond.found("Observation", patient=second)) == 10


def test_a_hospital_number_becomes_somebody_elses(millpond: Millpond) -> None:
    """The number leads to another person's Patient; its old holder has only the NHS number left."""
    there = millpond.hospital
    holder, heir = (there.admit("Teal").event.person for _ in range(2))
    there.reassign_mrn(holder.mrn, heir.mrn)
    found = millpond.patient(holder.mrn)
    assert (found["id"], found["name"][0]["family"]) == (there.fhir_id(heir.mrn), heir.family)
    left = millpond.get(f"Patient/{there.fhir_id(holder.mrn)}").json()
    assert [one.get("value") for one in left["identifier"]] == [holder.nhs_number]
    assert millpond.found("Patient", identifier=f"{MRN_SYSTEM}|{heir.mrn}") == []


def test_the_chart_can_lag_behind_the_feed(millpond: Millpond) -> None:
    """Somebody whom the feed has admitted is not yet in FHIR, and is when it has caught up."""
    there = millpond.hospital
    with there.chart_behind_feed():
        mrn = there.admit("Teal").event.person.mrn
        assert millpond.found("Patient", identifier=f"{MRN_SYSTEM}|{mrn}") == []
    assert millpond.patient(mrn)["active"]


def test_the_days_results_stand_in_the_chart(millpond: Millpond) -> None:
    """Filled and lived through: messages for the census, charted events for the rest, and no request was refused."""
    there = millpond.hospital
    filled = list(there.fill(0.2))
    lived = list(there.play(speed=1e9, events=60))
    charted = [one for one in lived if not hasattr(one, "message")]
    assert filled
    assert 10 < len(charted) < 60
    mrn = there.census.inpatients()[0]
    assert len(millpond.found("Observation", patient=millpond.patient(mrn)["id"])) > 20
    assert there.refused == ()
