"""Search: what comes along, what is found by a reference, and what is no more."""

import pytest

from tabard.record import MAX_COUNT, RecordReader

from .a_searched_world import WORLD, found, ref
from .conftest import Put


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Encounter?_id=in&_include=Encounter:patient", "Patient/ann"),
        ("Encounter?_include=Encounter:patient", "Patient/ann Patient/bob"),
        ("Encounter?_id=group&_include=Encounter:subject", ""),
        ("Encounter?_id=in&_include=Encounter:subject:Patient", "Patient/ann"),
        ("Encounter?_id=in&_include=Encounter:subject:Group", ""),
        ("Encounter?_id=in&_include=Encounter:location", "Location/bed1 Location/ward"),
        ("Encounter?_id=in&_include=Encounter:practitioner", "Practitioner/doc"),
        ("Encounter?_include=Encounter:participant", "Practitioner/doc"),
        ("Encounter?_include=Encounter:service-provider", "Organization/rxx"),
        ("Encounter?_id=in&_include=Encounter:patient&_include=Encounter:service-provider", "Patient/ann Organization/rxx"),
        ("Encounter?_id=in&_include=Encounter:part-of", "Encounter/out"),
        ("Encounter?_include=Encounter:part-of", ""),  # already a match
        ("Observation?_include=Observation:subject", "Patient/ann Location/ward"),
        ("Observation?_include=Observation:patient", "Patient/ann"),
        ("Observation?_include=Observation:performer", "Practitioner/doc Organization/rxx"),
        ("Observation?_include=Observation:performer:Organization", "Organization/rxx"),
        ("DiagnosticReport?_include=DiagnosticReport:result", "Observation/na"),
        ("Location?_id=bed1,bed2&_include=Location:partof", "Location/ward"),
        ("Patient?_include=Patient:general-practitioner", "Organization/gp"),
    ],
)  # fmt: skip
def test_includes(world: RecordReader, asked: str, expected: str) -> None:
    """_include brings along what is pointed at and kept, once each, never a match; the total counts matches alone."""
    resource_type, _, query = asked.partition("?")
    page = world.search(resource_type, [(pair.split("=", 1)[0], pair.split("=", 1)[1]) for pair in query.split("&")])
    brought = [f"{each.type}/{each.id}" for each in page.included]
    assert sorted(brought) == sorted(expected.split())
    assert page.total == len(page.matches)


def test_a_reference_without_a_type_is_found_by_no_id(put: Put, reader: RecordReader) -> None:
    """An id alone asks for `Type/id` of any type; a bad reference that is only an id points at nothing."""
    put({"resourceType": "Encounter", "id": "bad", "subject": ref("ann")})
    assert found(reader, "Encounter?subject=ann") == ""
    assert found(reader, "Encounter?patient=ann") == ""


def test_only_what_is_so_now_is_found(put: Put, reader: RecordReader) -> None:
    """After an update the old values no longer find the resource, and the new ones do."""
    put(WORLD[0])
    put(WORLD[0] | {"name": [{"family": "New"}], "birthDate": "1981", "active": True, "generalPractitioner": []})
    for asked in ("family=o'brien", "given=ann", "birthdate=1980", "general-practitioner=gp"):
        assert found(reader, f"Patient?{asked}") == ""
    for asked in ("family=new", "birthdate=1981", "active=true", "identifier=9990000001"):
        assert found(reader, f"Patient?{asked}") == "ann"


def test_the_bounds_of_a_page(world: RecordReader) -> None:
    """_count and the caller's count both bound the page, never past the most; none at all answers the total alone."""
    assert len(world.search("Encounter", [("_count", "2")]).matches) == 2
    assert len(world.search("Encounter", [("_count", "2")], count=1).matches) == 1
    assert len(world.search("Encounter", [("_count", "1")], count=5).matches) == 1
    assert len(world.search("Encounter", [("_count", "999999999")], count=MAX_COUNT * 9).matches) == 3
    page = world.search("Encounter", [("_count", "0")])
    assert (page.matches, page.next, page.total) == ((), None, 3)
    assert world.search("Encounter", [("_total", "none")]).total is None
    assert world.search("Encounter", [("_total", "accurate"), ("_count", "1")]).total == 3
