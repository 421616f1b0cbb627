"""Paging: whatever changes meanwhile, what matched throughout comes exactly once."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given, settings, strategies as st

from tabard.fhir import Resource
from tabard.record import BadSearch, RecordReader, RecordWriter

from .conftest import NewPlace, Put, ticking


def encounter(number: int, start: str | None, status: str = "in-progress") -> Resource:
    made: Resource = {"resourceType": "Encounter", "id": f"e{number}", "status": status}
    return made | ({} if start is None else {"period": {"start": start}})


def ids(reader: RecordReader, *parameters: tuple[str, str]) -> list[str]:
    seen, cursor = [], None
    while True:
        page = reader.search("Encounter", parameters, cursor=cursor)
        seen += [each.id for each in page.matches]
        cursor = page.next
        if cursor is None:
            return seen


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7])
def test_pages_put_together_are_the_whole(put: Put, reader: RecordReader, size: int) -> None:
    """Pages of any size together hold each match once, in one order, with one total; the last has no next."""
    put(*[encounter(number, f"2026-03-0{number}") for number in range(1, 7)])
    expected = [f"e{number}" for number in range(1, 7)]
    assert ids(reader, ("_count", str(size))) == expected
    assert ids(reader, ("_count", str(size)), ("_sort", "date")) == expected
    assert ids(reader, ("_count", str(size)), ("_sort", "-date")) == expected[::-1]
    assert ids(reader, ("_count", str(size)), ("_sort", "-_lastUpdated")) == expected[::-1]
    assert reader.search("Encounter", [], count=size).total == 6


def test_those_without_a_date_come_last(put: Put, reader: RecordReader) -> None:
    """In either direction what has no date follows what has one, and equal dates keep their order."""
    put(
        encounter(1, None),
        encounter(2, "2026-02"),
        encounter(3, "2026-01"),
        encounter(4, "2026-02"),
        encounter(5, None),
    )
    assert ids(reader, ("_sort", "date"), ("_count", "1")) == ["e3", "e2", "e4", "e1", "e5"]
    assert ids(reader, ("_sort", "-date"), ("_count", "1")) == ["e2", "e4", "e3", "e1", "e5"]


days = st.one_of(st.none(), st.integers(1, 9).map(lambda day: f"2026-03-0{day}"))
changes = st.lists(st.tuples(st.integers(0, 11), days, st.sampled_from(["in-progress", "finished"])), max_size=5)


@settings(max_examples=40)
@given(
    sort=st.sampled_from([None, "date", "-date", "_lastUpdated", "-_lastUpdated"]),
    first=st.lists(days, min_size=1, max_size=8),
    between=st.lists(changes, max_size=6),
    size=st.integers(1, 4),
)
def test_changes_between_pages_lose_and_repeat_nothing(
    sort: str | None,
    first: list[str | None],
    between: list[list[tuple[int, str | None, str]]],
    size: int,
    new_place: NewPlace,
) -> None:
    """While rows are added, moved in the order, and taken out and in again, each that matched throughout comes once."""
    place = new_place()
    writer, reader = RecordWriter(place, ticking(), durable=False), RecordReader(place)

    def put(number: int, day: str | None, status: str) -> None:
        with writer.transaction() as writing:
            writing.put(encounter(number, day, status), "lorenzo")

    for number, day in enumerate(first):
        put(number, day, "in-progress")
    throughout = {f"e{number}" for number in range(len(first))}
    parameters = [("status", "in-progress"), *([("_sort", sort)] if sort else [])]
    seen: list[str] = []
    cursor = None
    steps = iter(between)
    while True:
        page = reader.search("Encounter", parameters, count=size, cursor=cursor)
        seen += [each.id for each in page.matches]
        assert all(each.resource()["status"] == "in-progress" for each in page.matches)
        cursor = page.next
        if cursor is None:
            break
        for number, day, status in next(steps, []):
            put(number, day, status)
            throughout -= {f"e{number}"} if status == "finished" else set()
    writer.close()
    reader.close()
    assert throughout <= set(seen)
    assert len(seen) == len(set(seen))


def test_sorted_pages_leave_newcomers_to_the_next_search(put: Put, reader: RecordReader) -> None:
    """Sorted pages are of what was there at the first of them, in its order then, each row as it is now."""
    put(*[encounter(number, f"2026-03-0{number}") for number in (1, 2, 3)])
    page = reader.search("Encounter", [("_sort", "date")], count=1)
    put(encounter(9, "2026-03-02"), encounter(8, None), encounter(1, "2026-03-05"), encounter(3, "2026-01"))
    rest = reader.search("Encounter", [("_sort", "date")], count=9, cursor=page.next)
    assert [each.id for each in (*page.matches, *rest.matches)] == ["e1", "e2", "e3"]
    assert rest.matches[1].resource()["period"] == {"start": "2026-01"}
    assert ids(reader, ("_sort", "date")) == ["e3", "e2", "e9", "e1", "e8"]


def test_a_cursor_fits_only_its_own_search(put: Put, reader: RecordReader, new_place: NewPlace) -> None:
    """A cursor of another type, another parameter, another order of them or another record is refused."""
    put(*[encounter(number, "2026") for number in range(4)])
    own = [("status", "in-progress"), ("date", "ge2026")]
    cursor = reader.search("Encounter", own, count=1).next
    assert cursor is not None
    assert [each.id for each in reader.search("Encounter", own, count=2, cursor=cursor).matches] == ["e1", "e2"]
    assert reader.search("Encounter", [*own, ("_count", "3")], cursor=cursor).matches
    place = new_place()
    other = RecordWriter(place, durable=False)
    other.close()
    foreign = RecordReader(place)
    for record, resource_type, parameters in (
        (reader, "Encounter", own[:1]),
        (reader, "Encounter", own[::-1]),
        (reader, "Encounter", [*own, ("_sort", "date")]),
        (reader, "Encounter", [("status", "in-progress"), ("date", "ge2025")]),
        (reader, "Observation", own),
        (foreign, "Encounter", own),
    ):
        with pytest.raises(BadSearch, match="cursor"):
            record.search(resource_type, parameters, cursor=cursor)
    foreign.close()


def test_what_the_caller_adds_by_right_does_not_bind_the_cursor(put: Put, reader: RecordReader) -> None:
    """`within` narrows each page as it stands then; the cursor goes on fitting."""
    put(*[encounter(number, "2026") for number in range(6)])
    page = reader.search("Encounter", [], count=1, within=[("_id", "e0,e1,e2")])
    assert (page.total, [each.id for each in page.matches]) == (3, ["e0"])
    page = reader.search("Encounter", [], count=9, cursor=page.next, within=[("_id", "e2,e4")])
    assert (page.total, [each.id for each in page.matches]) == (2, ["e2", "e4"])


def test_every_changed_cursor_is_refused(put: Put, reader: RecordReader) -> None:
    """No character of a cursor can be changed, dropped or added, not even one that decodes to the same bytes."""
    put(*[encounter(number, "2026") for number in range(3)])
    cursor = reader.search("Encounter", [], count=1).next
    assert cursor is not None
    changed = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))]
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    seal_kept = urlsafe_b64encode(raw[:16] + raw[16:].replace(b",1]", b",2]")).decode().rstrip("=")
    assert seal_kept != cursor
    for other in (
        *changed,
        seal_kept,
        cursor[:-1],
        cursor + "=",
        cursor + "A",
        "!" + cursor,
        "",
        "é",
        "\ud800",
        "AAAA",
    ):
        with pytest.raises(BadSearch, match="cursor"):
            reader.search("Encounter", [], count=1, cursor=other)
