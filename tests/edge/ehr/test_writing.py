"""Writing to a Millennium on a bad day: once, or a person hears of it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.ehr.millpond import Millpond, found, millpond
from tabard.fhir import Resource
from tabard.link.ehr import Busy, WriteReason, WriteState, Written
from tabard.link.ehr.pace import Pace
from tabard.sandbox import Trouble

GIVEN = ("urn:tabard:written", "w-1")
SCOPE = (
    "system/Patient.rs system/Encounter.rs system/Practitioner.rs system/DiagnosticReport.rs system/Observation.crus "
    "system/DocumentReference.crus system/Appointment.crs"
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Millpond]:
    """Millpond Royal, where waits are a tenth as long."""
    pace = Pace(wait=lambda seconds: time.sleep(seconds / 10))  # between two questions; no test's outcome hangs on it
    with millpond(tmp_path, patience_s=1.5, pace=pace, scope=SCOPE) as world:
        yield world


def pulse(place: Millpond, mrn: str, **more: Any) -> Resource:
    """What a product writes."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Pulse"},
        "subject": {"reference": f"Patient/{place.patient(mrn)}"},
        "effectiveDateTime": "2026-03-01T11:00:00Z",
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
        **more,
    }


def write(place: Millpond, resource: Resource, **more: Any) -> Written:
    """Write it."""
    return place.ehr.writes.write(resource, identifier=GIVEN, **more)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (None, WriteReason.made),
        (Trouble.lost_answer, WriteReason.found),
        (Trouble.late_answer, WriteReason.found),
        (Trouble.late_write, WriteReason.found),
        (Trouble.cut, WriteReason.made),
        (Trouble.unavailable, WriteReason.made),
        (Trouble.server_error, WriteReason.made),
        (Trouble.throttled, WriteReason.made),
        (Trouble.unauthorized, WriteReason.made),
        (Trouble.empty_body, WriteReason.no_answer),
    ],
)
def test_a_result_is_written_once_whatever_becomes_of_the_answer(
    place: Millpond, trouble: Trouble | None, reason: WriteReason
) -> None:
    """Done and the answer lost, done late, not done: it stands there once, and a product reads it as the record's."""
    mrn = place.admit()
    if trouble is not None:
        place.millennium.trouble(trouble, delay_s=3.0 if trouble is Trouble.late_answer else 0.2, for_writes=True)
    written = write(place, pulse(place, mrn))
    assert written.reason is reason, written
    assert (written.state is WriteState.unclear) is (reason is WriteReason.no_answer)
    if written.state is WriteState.accepted:
        (there,) = found(place.results(mrn))
        assert (there["id"], there["subject"]) == (written.id, {"reference": f"Patient/{place.patient(mrn)}"})
        again = write(place, pulse(place, mrn), since=place.clock())
        assert (again.reason, again.id) == (WriteReason.found, written.id)
    assert place.millennium.refused == ()


def test_a_result_is_written_over_by_who_saw_the_newest(place: Millpond) -> None:
    """Two products read it; the second to write is told 412."""
    mrn = place.admit()
    written = write(place, pulse(place, mrn))
    stored = place.ehr.record.read("Observation", written.id)
    assert stored is not None
    corrected = {**stored.resource(), "status": "corrected"}
    assert write(place, corrected, if_match=stored.version).state is WriteState.accepted
    late = write(place, {**corrected, "status": "amended"}, if_match=stored.version)
    assert (late.reason, late.status) == (WriteReason.stale, 412)
    (there,) = found(place.results(mrn))
    assert there["status"] == "corrected"
    now = place.ehr.record.read("Observation", written.id)
    assert now is not None
    place.millennium.trouble(Trouble.stale, for_writes=True)
    told = write(place, {**now.resource(), "status": "amended"}, if_match=now.version)
    assert (told.reason, told.status) == (WriteReason.stale, 412)
    place.millennium.trouble(Trouble.lost_answer, for_writes=True)
    lost = write(place, {**now.resource(), "status": "amended"}, if_match=now.version)
    assert (lost.state, lost.status) == (WriteState.accepted, 200)


def test_a_letter_whose_answer_is_lost_is_held_for_a_person(place: Millpond) -> None:
    """Millennium keeps no identifier of a document: one like it may be ours, and is neither taken for it nor doubled."""
    mrn = place.admit()
    attachment = {"contentType": "application/xhtml+xml;charset=utf-8", "data": "PGRpdi8+", "title": "Letter"}
    letter: Resource = {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]},
        "subject": {"reference": f"Patient/{place.patient(mrn)}"},
        "content": [{"attachment": attachment}],
    }
    place.millennium.trouble(Trouble.lost_answer, for_writes=True)
    held = write(place, letter)
    assert (held.state, held.reason) == (WriteState.unclear, WriteReason.maybe_there)
    assert "not_known" in {one.reason for one in place.ehr.refusals()}
    other = write(place, {**letter, "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]}})
    assert other.state is WriteState.accepted
    read = place.ehr.writes.read("DocumentReference", other.id)
    assert read is not None
    assert read.resource()["content"] == [{"attachment": attachment}]


def test_what_it_refuses_and_who_cannot_be_proven(place: Millpond) -> None:
    """422 is a rejection; two people who changed ids are not written to; throttled to the end may be tried later."""
    one, other = place.admit(), place.admit()
    assert write(place, pulse(place, one)).state is WriteState.accepted
    refused = write(place, pulse(place, one, status="preliminary"))
    assert (refused.state, refused.status, refused.detail) == (WriteState.rejected, 422, "422 error/business-rule")
    before = len(found(place.results(one)))
    place.millennium.trouble(Trouble.throttled, times=99, for_writes=True)
    with pytest.raises(Busy):
        write(place, pulse(place, one))
    place.millennium.trouble(Trouble.throttled, times=0)
    place.ehr.connection.breaker.succeeded()  # its rest is over
    assert len(found(place.results(one))) == before
    place.millennium.swap(one, other)
    assert write(place, pulse(place, one)).state is WriteState.rejected
