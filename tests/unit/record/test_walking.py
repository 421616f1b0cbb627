"""Going through the record: histories page by page, and all of a type for bulk reading."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tabard.fhir import Resource
from tabard.record import BadSearch, Page, RecordReader, RecordWriter, walking

from .conftest import START, Put


def patient(number: int, **elements: object) -> Resource:
    return {"resourceType": "Patient", "id": f"p{number}", **elements}


def told(page: Page) -> list[tuple[str, str, int]]:
    return [(each.type, each.id, each.version) for each in page.matches]


def world(put: Put, writer: RecordWriter) -> None:
    put(patient(1), {"resourceType": "Organization", "id": "o"}, patient(2), patient(1, active=True))
    with writer.transaction() as writing:
        writing.delete("Patient", "p2", "l")


ALL = [("Patient", "p2", 2), ("Patient", "p1", 2), ("Patient", "p2", 1), ("Organization", "o", 1), ("Patient", "p1", 1)]


def test_the_history_of_a_type_is_whole_and_newest_first(
    writer: RecordWriter, put: Put, reader: RecordReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each version of each resource once, deletions too, whether the type is met often or seldom."""
    world(put, writer)
    for near in (2000, 1):
        monkeypatch.setattr(walking, "_NEAR", near)
        assert told(reader.history_of_type("Patient")) == [each for each in ALL if each[0] == "Patient"]
        assert told(reader.history_of_type("Organization")) == [("Organization", "o", 1)]
    assert told(reader.history_of_type("Encounter")) == []
    assert told(reader.history_of_all()) == ALL
    assert reader.history_of_all().matches[0].is_deleted


@pytest.mark.parametrize("near", [2000, 1])
def test_pages_of_a_history_are_stable(
    writer: RecordWriter, put: Put, reader: RecordReader, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    """Whatever is written between two pages, put together they are the history as it was at the first."""
    monkeypatch.setattr(walking, "_NEAR", near)
    world(put, writer)
    reads: list[tuple[list[tuple[str, str, int]], Callable[[str | None], Page]]] = [
        (ALL, lambda cursor: reader.history_of_all(count=2, cursor=cursor)),
        (
            [each for each in ALL if each[0] == "Patient"],
            lambda cursor: reader.history_of_type("Patient", count=2, cursor=cursor),
        ),
    ]
    for expected, read in reads:
        seen, cursor, turn = [], None, 10
        while True:
            page = read(cursor)
            seen += told(page)
            turn += 1
            put(patient(turn), patient(1, multipleBirthInteger=turn))
            cursor = page.next
            if cursor is None:
                break
        assert seen[-len(expected) :] == expected
        assert len(seen) == len(set(seen))


def test_a_history_since_a_moment(writer: RecordWriter, put: Put, reader: RecordReader) -> None:
    """Versions at that very moment are among them, and earlier ones are not."""
    world(put, writer)
    third = START + timedelta(seconds=2)
    assert told(reader.history_of_all(third)) == ALL[:3]
    assert told(reader.history_of_type("Patient", third)) == ALL[:3]
    assert told(reader.history_of_type("Organization", third)) == []


def test_a_cursor_of_a_history_fits_no_other(writer: RecordWriter, put: Put, reader: RecordReader) -> None:
    """Not that of another type, nor of another moment, nor a search."""
    world(put, writer)
    cursor = reader.history_of_type("Patient", count=1).next
    assert cursor is not None
    wrongs: tuple[Callable[[], Page], ...] = (
        lambda: reader.history_of_type("Organization", cursor=cursor),
        lambda: reader.history_of_type("Patient", START, cursor=cursor),
        lambda: reader.history_of_all(cursor=cursor),
        lambda: reader.search("Patient", [], cursor=cursor),
        lambda: reader.history_of_type("Patient", cursor=cursor[:-2]),
    )
    for wrong in wrongs:
        with pytest.raises(BadSearch, match="cursor"):
            wrong()


def test_a_scan_meets_each_once_in_one_order(writer: RecordWriter, put: Put, reader: RecordReader) -> None:
    """In steps of any size, as they are when met, while others are added, changed and deleted."""
    put(*[patient(number) for number in range(1, 6)], {"resourceType": "Organization", "id": "o"})
    first = reader.scan("Patient", limit=2)
    put(patient(1, active=True), patient(4, active=True), patient(6))
    with writer.transaction() as writing:
        writing.delete("Patient", "p3", "l")
    rest = reader.scan("Patient", after_key=first[-1].key, limit=2)
    rest += reader.scan("Patient", after_key=rest[-1].key)
    assert [each.stored.id for each in (*first, *rest)] == ["p1", "p2", "p4", "p5", "p6"]
    assert [each.stored.version for each in rest] == [2, 1, 1]
    assert reader.scan("Patient", limit=0) == ()


def test_a_scan_since_a_moment(put: Put, reader: RecordReader) -> None:
    """Only what was changed at that moment or later."""
    put(patient(1), patient(2), patient(1, active=True))
    assert [each.stored.id for each in reader.scan("Patient", START + timedelta(seconds=2))] == ["p1"]
    assert [each.stored.id for each in reader.scan("Patient", START)] == ["p1", "p2"]
