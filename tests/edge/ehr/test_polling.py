"""Asked beforehand over real sockets: the budget holds, the EHR refuses nothing, and nobody else is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.ehr.millpond import Millpond, found, millpond
from tabard.fhir import Resource
from tabard.link.ehr.polling import Polling


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Millpond]:
    """Millpond Royal, polled only when told."""
    with millpond(tmp_path, poll=True, requests_a_minute=600, fresh_s=600.0) as world:
        yield world


def polling(place: Millpond) -> Polling:
    """What asks beforehand."""
    assert place.ehr.polling is not None
    return place.ehr.polling


def turn_to_everybody(place: Millpond) -> None:
    """A turn for each who is in hospital; the record has some whom Millennium does not know."""
    visits = place.reader.search("Encounter", (("status", "in-progress"),)).matches
    for _ in visits:
        assert polling(place).turn() > 0


def notices(place: Millpond, mrn: str, kind: str = "Observation") -> list[str]:
    """What a product is told beside the results."""
    entries = place.results(mrn, kind=kind).json().get("entry", [])
    told: list[Resource] = [one["resource"] for one in entries if one["search"]["mode"] == "outcome"]
    return [one["issue"][0]["diagnostics"] for one in told]


def test_a_ward_is_asked_beforehand_and_each_sees_their_own(place: Millpond) -> None:
    """Two in hospital, one of whom was looked at: afterwards both are shown from what is kept, with its age, proven."""
    one, other = place.admit(), place.admit()
    place.millennium.vital_signs(one)
    place.millennium.result(other)
    assert not any("seconds ago" in told for told in notices(place, one))
    notices(place, one, "DiagnosticReport")
    turn_to_everybody(place)
    for mrn in (one, other):
        assert any("seconds ago" in told for told in notices(place, mrn))
        assert any("seconds ago" in told for told in notices(place, mrn, "DiagnosticReport"))
        subjects = {each["subject"]["reference"] for each in found(place.results(mrn))}
        assert subjects == {f"Patient/{place.patient(mrn)}"}
    place.millennium.swap(one, other)
    assert place.results(one).status_code == 409, "kept or not, the proof is of now"
    assert place.millennium.refused == ()


def test_what_changed_is_seen_at_the_next_round(place: Millpond) -> None:
    """A new result: the question what changed finds it, and the whole is asked again."""
    mrn = place.admit()
    place.millennium.vital_signs(mrn)
    before = len(found(place.results(mrn)))
    turn_to_everybody(place)
    place.millennium.vital_signs(mrn)
    assert len(found(place.results(mrn))) == before, "as it was told a moment ago"
    turn_to_everybody(place)
    assert len(found(place.results(mrn))) > before
    assert place.millennium.refused == ()
