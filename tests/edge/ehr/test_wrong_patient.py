"""Never another patient's: whatever is swapped, stale or merged on one side only, in the map, the record or the chart."""

import sqlite3
from collections.abc import Iterator

import httpx
import pytest

from edge.ehr.millpond import MRN, Millpond, found, millpond
from tabard.gateway import EncounterContext, PatientContext
from tabard.link.ehr.id_map import Row
from unit.gateway.world import OTHER, is_outcome


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Millpond]:
    """Millpond Royal, in small; each test admits its own."""
    with millpond(tmp_path_factory.mktemp("millpond")) as world:
        yield world


@pytest.fixture
def two(place: Millpond) -> Iterator[tuple[Millpond, str, str]]:
    """Two patients with results, both asked for once, so that the map knows them."""
    one, other = place.admit("Teal"), place.admit("Mallard")
    for mrn in (one, other):
        place.millennium.vital_signs(mrn)
        place.millennium.result(mrn)
        assert found(place.results(mrn))
    yield place, one, other
    assert place.millennium.refused == (), "no search of ours is one that a Millennium refuses"


def shows_nothing(response: httpx.Response) -> bool:
    """Whether an answer is a refusal in doubt, with a sentence."""
    return is_outcome(response, 409, "conflict") and bool(response.json()["issue"][0]["diagnostics"])


def subjects(response: httpx.Response) -> set[str]:
    """Whom the results of an answer are about."""
    return {one["subject"]["reference"] for one in found(response)}


def test_each_patient_has_their_own_results_and_no_id_of_the_ehrs(two: tuple[Millpond, str, str]) -> None:
    """What is told is this patient's, with the record's ids, and no byte of it names the tenant or the chart's ids."""
    place, one, other = two
    for mrn in (one, other):
        for kind in ("Observation", "DiagnosticReport"):
            response = place.results(mrn, kind=kind)
            assert subjects(response) == {f"Patient/{place.patient(mrn)}"}
            assert place.millennium.tenant not in response.text
            assert place.millennium.fhir_id(mrn) not in response.text
            assert all(each["encounter"]["reference"].startswith("Encounter/") for each in found(response))


@pytest.mark.parametrize("is_sealed", [True, False])
def test_ids_swapped_in_the_map(two: tuple[Millpond, str, str], *, is_sealed: bool) -> None:
    """One's row leads to the other's chart: it is not believed, and the next question joins anew."""
    place, one, other = two
    ids = {mrn: (place.patient(mrn), place.millennium.fhir_id(mrn)) for mrn in two[1:]}
    (a, theirs_a), (b, theirs_b) = ids[one], ids[other]
    if is_sealed:
        place.ehr.map.keep([Row("Patient", a, theirs_b, a), Row("Patient", b, theirs_a, b)])
    else:
        with sqlite3.connect(place.folder / "ids-millennium.db", timeout=30) as map_:
            for ours, theirs in ((a, "x"), (b, theirs_a), (a, theirs_b)):
                map_.execute("UPDATE map SET theirs = ? WHERE type = 'Patient' AND ours = ?", (theirs, ours))
        map_.close()
    for mrn in (one, other):
        response = place.results(mrn)
        assert shows_nothing(response) or subjects(response) == {f"Patient/{place.patient(mrn)}"}
        assert subjects(place.results(mrn)) == {f"Patient/{place.patient(mrn)}"}


def test_ids_swapped_at_millennium(two: tuple[Millpond, str, str]) -> None:
    """Two charts change ids: the map is stale, nothing is shown by it, and what was told before cannot be read as the other's."""
    place, one, other = two
    told = found(place.results(one))[0]["id"]
    place.millennium.swap(one, other)
    assert shows_nothing(place.results(one))
    assert shows_nothing(place.results(other))
    read = place.get(f"Observation/{told}", place.opened(one))
    assert read.status_code in {403, 404, 409} or read.json()["subject"] == {
        "reference": f"Patient/{place.patient(one)}"
    }
    for mrn in (one, other):
        assert subjects(place.results(mrn)) == {f"Patient/{place.patient(mrn)}"}, "joined anew, each has their own"


def test_a_number_reassigned_at_millennium(two: tuple[Millpond, str, str]) -> None:
    """One's number stands on the other's chart there: neither is shown."""
    place, one, other = two
    place.millennium.reassign_mrn(one, other)
    for mrn in (one, other, one):
        assert shows_nothing(place.results(mrn))


def test_a_merge_at_millennium_only(two: tuple[Millpond, str, str]) -> None:
    """The chart combines two of ours: it is two people's, and neither is shown."""
    place, one, other = two
    place.leave(other)
    place.millennium.merge_in_fhir_only(one, other)
    for mrn in (one, other, one):
        assert shows_nothing(place.results(mrn))


def test_a_merge_in_the_record_only(two: tuple[Millpond, str, str]) -> None:
    """Two of ours are one by the feed, and two charts there: whose results are whose is not known, and none is shown."""
    place, one, other = two
    prior, before = place.patient(other), place.opened(other)
    place.leave(other)
    place.millennium.merge_in_feed_only(one, other)
    place.settle()
    assert shows_nothing(place.results(one))
    assert shows_nothing(place.get(f"Observation?patient={prior}", before))


def test_a_merge_on_both_sides_is_one_chart(two: tuple[Millpond, str, str]) -> None:
    """Told by the feed and done in the chart, the survivor's results are shown again."""
    place, one, other = two
    place.leave(other)
    place.millennium.merge(one, other)
    place.settle()
    first = place.results(one)
    assert shows_nothing(first) or subjects(first) == {f"Patient/{place.patient(one)}"}
    assert subjects(place.results(one)) == {f"Patient/{place.patient(one)}"}


def test_somebody_elses_result_by_its_id(two: tuple[Millpond, str, str]) -> None:
    """An id that a product of one patient learned is refused to a product of the other's."""
    place, one, other = two
    told = found(place.results(other))[0]["id"]
    assert place.get(f"Observation/{told}", place.opened(other)).status_code == 200
    assert place.get(f"Observation/{told}", place.opened(one)).status_code == 403
    assert found(place.results(one, _id=told)) == []


def test_somebody_elses_page(two: tuple[Millpond, str, str]) -> None:
    """A paging link works for the grant that it was given to, and for no other."""
    place, one, other = two
    token = place.opened(one)
    links = {each["relation"]: each["url"] for each in place.results(one, token, _count="2").json()["link"]}
    assert place.millennium.fhir_id(one) not in links["next"]
    for stranger in (place.opened(other), place.access(PatientContext(place.patient(one)), "launch patient/*.rs")):
        assert is_outcome(place.get(links["next"], stranger), 403)
    assert subjects(place.get(links["next"], token)) == {f"Patient/{place.patient(one)}"}


def test_a_product_that_names_another_patient(two: tuple[Millpond, str, str]) -> None:
    """Whatever a product asks, it is answered about its own patient or not at all."""
    place, one, other = two
    token = place.opened(one)
    asked = [f"Observation?patient={place.patient(other)}", f"Observation?subject=Patient/{place.patient(other)}"]
    for path in (*asked, f"Observation?patient={place.millennium.fhir_id(other)}"):
        assert found(place.get(path, token)) == []
    both = f"Observation?patient={place.patient(one)},{place.patient(other)}"
    assert place.get(both, token).status_code == 400


def test_a_visits_results_are_that_visits(two: tuple[Millpond, str, str]) -> None:
    """Opened on a visit, a product is told what names this visit."""
    place, one, _ = two
    (visit,) = place.reader.search("Encounter", (("patient", place.patient(one)),)).matches
    token = place.access(EncounterContext(visit.id, place.patient(one)))
    assert {each["encounter"]["reference"] for each in found(place.get("Observation", token))} == {
        f"Encounter/{visit.id}"
    }


def test_who_has_no_chart_is_refused(place: Millpond) -> None:
    """A patient of the record whom Millennium does not know: a sentence, and not an empty list."""
    place.put(
        {
            "resourceType": "Patient",
            "id": "x1",
            "active": True,
            "birthDate": "1950-01-01",
            "identifier": [{"system": MRN, "value": "0"}],
        }
    )
    assert shows_nothing(place.get("Observation", place.access(PatientContext("x1"))))
    assert shows_nothing(place.get("Observation", place.access(PatientContext("ann")))), "has no number at all"
    reasons = {one.reason for one in place.ehr.refusals()}
    assert {"not_there", "no_number"} <= reasons
    assert [each["reason"] for each in place.audited()[-1:]] == ["no_number"]


def test_another_person_with_a_paging_link(two: tuple[Millpond, str, str]) -> None:
    """The portal's own pages are sealed to the person too."""
    place, one, _ = two
    door = place.gateway.door
    bundle = door.search(OTHER, "Observation", (("patient", place.patient(one)), ("_count", "2")), "patient")
    (onward,) = [each["url"].partition("_page=")[2] for each in bundle["link"] if each["relation"] == "next"]
    assert door.search_on(OTHER, "Observation", onward, "patient")["entry"]
    from unit.gateway.world import CLINICIAN  # noqa: PLC0415  for this one line

    with pytest.raises(Exception, match="not yours"):
        door.search_on(CLINICIAN, "Observation", onward, "patient")
