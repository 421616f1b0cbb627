"""A Millennium on a bad day: each its clear answer, seen afterwards, stopping nothing else."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from edge.ehr.millpond import Millpond, found, millpond
from tabard.link.ehr import Conflict, NotKnown
from tabard.link.ehr.ehr import Connection
from tabard.sandbox import Trouble
from unit.gateway.world import CLINICIAN, is_outcome

_EVERY = 30


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Millpond]:
    """Millpond Royal, with patience for a second question."""
    with millpond(tmp_path, patience_s=2.5) as world:
        yield world


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Millpond]:
    """Millpond Royal with a short patience."""
    with millpond(tmp_path, patience_s=1.0) as world:
        yield world


def in_care(place: Millpond) -> tuple[str, str]:
    """A patient with results, and a product opened on them that was answered once."""
    mrn = place.admit()
    place.millennium.vital_signs(mrn)
    token = place.opened(mrn)
    assert found(place.results(mrn, token))
    return mrn, token


@pytest.mark.parametrize(
    ("trouble", "status", "reason"),
    [
        (Trouble.plain_text, 502, "bad_answer"),
        (Trouble.empty_body, 502, "bad_answer"),
        (Trouble.throttled, 503, "busy"),
        (Trouble.unavailable, 503, "busy"),
        (Trouble.server_error, 502, "rejected"),
        (Trouble.stale, 502, "conflict"),
        (Trouble.unauthorized, 502, "not_let_in"),
        (Trouble.cut, 502, "unreachable"),
    ],
)
def test_each_trouble_is_told_counted_and_passes(place: Millpond, trouble: Trouble, status: int, reason: str) -> None:
    """An outcome with a sentence, audited as failed, counted; the record's own is read meanwhile; then all is well again."""
    told_counted_and_passed(place, trouble, status, reason)


def test_slowness_is_told_counted_and_passes(hasty: Millpond) -> None:
    """The same of a record system that answers later than anybody waits."""
    told_counted_and_passed(hasty, Trouble.slow, 504, "too_slow")


def told_counted_and_passed(place: Millpond, trouble: Trouble, status: int, reason: str) -> None:
    mrn, token = in_care(place)
    place.millennium.trouble(trouble, times=_EVERY, delay_s=3.0)
    response = place.results(mrn, token)
    assert is_outcome(response, status, "transient"), response.text
    assert response.json()["issue"][0]["diagnostics"].count(".") >= 2, "what happened, and what to do"
    event = place.audited()[-1]
    assert (event["outcome"], event["reason"]) == ("failed", reason)
    assert reason in {one.reason for one in place.ehr.refusals()}
    assert place.ehr.faults() != ()
    assert place.get(f"Encounter?patient={place.patient(mrn)}", token).status_code == 200
    place.millennium.trouble(trouble, times=0)
    place.ehr.connection.breaker.succeeded()  # its rest is over
    assert found(place.results(mrn, token))
    assert place.millennium.refused == ()


def test_a_trouble_that_passes_is_not_noticed(place: Millpond) -> None:
    """Cut off once, throttled once, a token forgotten: asked again, the reader never learns of it."""
    mrn, token = in_care(place)
    for trouble in (Trouble.cut, Trouble.throttled, Trouble.unauthorized):
        place.millennium.trouble(trouble)
        assert found(place.results(mrn, token))
    place.millennium.forget_tokens()
    assert found(place.results(mrn, token))


def test_while_it_is_slow_the_rest_goes_on(place: Millpond) -> None:
    """A question waits for Millennium; the ward and the patient are read meanwhile."""
    mrn, token = in_care(place)
    patient = place.patient(mrn)
    place.millennium.trouble(Trouble.slow, times=_EVERY, delay_s=0.6)
    asked, answers = threading.Event(), []

    def ask() -> None:
        asked.set()
        answers.append(place.gateway.door.search(CLINICIAN, "Observation", (("patient", patient),), "patient"))

    waiting = threading.Thread(target=ask)
    waiting.start()
    assert asked.wait(30)
    assert place.get(f"Patient/{patient}", token).status_code == 200
    assert place.gateway.door.search(CLINICIAN, "Encounter", (("patient", f"Patient/{patient}"),), "patient")["entry"]
    waiting.join(30)
    assert answers[0]["entry"]


def test_the_feed_tells_that_it_answers_and_that_it_does_not(place: Millpond) -> None:
    """Every FHIR answer says how the record system's FHIR stands; when it is gone, a search of the record says so too."""
    mrn, token = in_care(place)
    fresh = place.get(f"Patient/{place.patient(mrn)}", token)
    assert fresh.headers["tabard-feed"].startswith('"millennium-fhir";state=live')
    place.millennium.trouble(Trouble.cut, times=200)
    for _ in range(3):
        place.results(mrn, token)
    response = place.get(f"Encounter?patient={place.patient(mrn)}", token)
    assert "state=silent" in response.headers["tabard-feed"]
    assert response.json()["entry"][0]["search"]["mode"] == "outcome"


def test_a_write_tells_what_became_of_it(place: Millpond) -> None:
    """Created with an empty 201; with the answer lost it is said that nobody knows; against an older version it is a conflict."""
    mrn, _ = in_care(place)
    asked = replace(place.ehr.connection.settings, scope="system/Observation.crus")
    with closing(Connection(place.folder, "millennium", asked, place._now)) as way:
        write(place, way, place.millennium.fhir_id(mrn))


def write(place: Millpond, way: Connection, theirs: str) -> None:
    """Create, lose an answer, and write over an older version."""
    (first, *_) = way.driver.search("Observation", (("patient", theirs),), way.budget()).resources
    pulse = {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{theirs}"},
        "encounter": first["encounter"],
        "effectiveDateTime": "2026-03-01T08:30:00Z",
        "valueQuantity": {"value": 80, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }
    made = way.driver.create(pulse, way.budget())
    assert made.id
    assert made.version
    held = way.driver.read("Observation", made.id, way.budget())
    assert held is not None
    place.millennium.trouble(Trouble.lost_answer)
    with pytest.raises(NotKnown):
        way.driver.create(pulse, way.budget())
    with pytest.raises(Conflict):
        way.driver.update({**pulse, "id": made.id}, 'W/"99"', way.budget())
