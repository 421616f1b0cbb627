"""Deletion: a version without a body; what was before it stays."""

from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st

from tabard.fhir import NotJson, Resource
from tabard.record import RecordReader, RecordWriter, Stored

from .conftest import START, NewPlace, Put, ticking


def patient(**elements: object) -> Resource:
    return {"resourceType": "Patient", "id": "p", "identifier": [{"value": "x"}], **elements}


def delete(writer: RecordWriter, resource_id: str = "p") -> Stored | None:
    with writer.transaction() as writing:
        return writing.delete("Patient", resource_id, "product:notes")


def test_what_is_deleted_is_told_as_deleted(writer: RecordWriter, reader: RecordReader, put: Put) -> None:
    """A read gives the version that says so, with who deleted it and when; its body is nobody's to decode."""
    put(patient())
    gone = delete(writer)
    assert gone is not None
    assert (gone.version, gone.is_deleted, gone.source) == (2, True, "product:notes")
    assert gone.updated > START
    assert reader.read("Patient", "p") == gone
    with pytest.raises(NotJson):
        gone.resource()


def test_no_search_gives_what_is_deleted(writer: RecordWriter, reader: RecordReader, put: Put) -> None:
    """Not by its values, not by its id, not by its time, not among all of its type; not as what another points at."""
    put(
        patient(),
        {"resourceType": "Encounter", "id": "e", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Patient", "id": "q"},
    )
    delete(writer)
    for asked in ([("identifier", "x")], [("_id", "p")], [("_id", "p"), ("_sort", "_lastUpdated")]):
        assert reader.search("Patient", asked).total == 0
    for asked in ([], [("_lastUpdated", "gt2020")], [("_sort", "-_lastUpdated")]):
        page = reader.search("Patient", asked)
        assert ([each.id for each in page.matches], page.total) == (["q"], 1)
    page = reader.search("Encounter", [("_include", "Encounter:patient")])
    assert ([each.id for each in page.matches], page.included) == (["e"], ())
    with writer.transaction() as writing:
        assert writing.get("Patient", "p") is None
        assert writing.find("Patient", "identifier", "x") == ()


def test_history_and_the_feed_tell_the_deletion(writer: RecordWriter, reader: RecordReader, put: Put) -> None:
    """The versions before it stay readable, and a later put brings it back as the next one, even unchanged."""
    [first] = put(patient())
    gone = delete(writer)
    [third] = put(patient())
    assert reader.history("Patient", "p") == (third, gone, first)
    assert reader.read_version("Patient", "p", 1) == first
    assert [(each.id, each.version) for each in reader.changes(0, 9)] == [("p", 1), ("p", 2), ("p", 3)]
    assert reader.read("Patient", "p") == third
    assert reader.search("Patient", [("identifier", "x")]).total == 1


def test_deleting_nothing_writes_nothing(writer: RecordWriter, reader: RecordReader, put: Put) -> None:
    """What was never kept, or is deleted already, is not deleted once more."""
    assert delete(writer) is None
    put(patient())
    delete(writer)
    assert delete(writer) is None
    assert reader.last_change() == 2


def test_a_deletion_is_undone_with_its_savepoint(writer: RecordWriter, reader: RecordReader, put: Put) -> None:
    """When an exception leaves, the resource is as it was, its index rows too."""
    put(patient())
    with writer.transaction() as writing, suppress(ZeroDivisionError), writing.savepoint():
        writing.delete("Patient", "p", "l")
        raise ZeroDivisionError
    assert reader.search("Patient", [("identifier", "x")]).total == 1


@settings(max_examples=25)
@given(done=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([None, "1", "2"])), max_size=10))
def test_what_is_found_is_what_is_there(done: list[tuple[str, str | None]], new_place: NewPlace) -> None:
    """After any order of puts and deletions, searches find exactly what was put last and not deleted since."""
    place = new_place()
    writer, reader = RecordWriter(place, ticking(), durable=False), RecordReader(place)
    now: dict[str, str] = {}
    for resource_id, value in done:
        with writer.transaction() as writing:
            if value is None:
                deleted = writing.delete("Patient", resource_id, "l")
                assert (deleted is not None) == (now.pop(resource_id, None) is not None)
            else:
                writing.put({"resourceType": "Patient", "id": resource_id, "identifier": [{"value": value}]}, "l")
                now[resource_id] = value
    for value in ("1", "2"):
        found = {each.id for each in reader.search("Patient", [("identifier", value)]).matches}
        assert found == {key for key, held in now.items() if held == value}
    assert {each.stored.id for each in reader.scan("Patient")} == set(now)
    writer.close()
    reader.close()
