"""What a transaction remembers is what is there: whatever was put, noted, deleted and undone in it."""

from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st

from tabard.record import RecordReader, RecordWriter, known

from .conftest import NewPlace, ticking

names = st.sampled_from("ab")
steps = st.tuples(st.sampled_from(["put", "delete", "note", "look"]), names, st.sampled_from("12"))
parts = st.lists(st.tuples(st.booleans(), st.lists(steps, max_size=5)), max_size=5)


@pytest.mark.parametrize("most", [known.MOST, 1])
@settings(max_examples=30)
@given(done=parts)
def test_looks_agree_with_what_is_committed(
    new_place: NewPlace, most: int, done: list[tuple[bool, list[tuple[str, str, str]]]]
) -> None:
    """In one transaction of many savepoints, some undone, each look sees what a model says; so does a reader at its end."""
    place = new_place()
    writer, reader = RecordWriter(place, ticking(), durable=False), RecordReader(place)
    held: dict[tuple[str, str], str] = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(known, "MOST", most)
        with writer.transaction() as writing:
            for is_undone, those in done:
                before = dict(held)
                writing.look_up([("Patient", "a"), ("Patient", "b"), ("Patient", "a")])
                with suppress(ZeroDivisionError), writing.savepoint():
                    for kind, name, value in those:
                        match kind:
                            case "put":
                                writing.put({"resourceType": "Patient", "id": name, "language": value}, "l")
                                held["put", name] = value
                            case "delete":
                                writing.delete("Patient", name, "l")
                                held.pop(("put", name), None)
                            case "note":
                                writing.note("n", name, value.encode())
                                held["note", name] = value
                        found, noted = writing.get("Patient", name), writing.noted("n", name)
                        assert (found and found["language"]) == held.get(("put", name))
                        assert (noted and noted.decode()) == held.get(("note", name))
                    if is_undone:
                        raise ZeroDivisionError
                if is_undone:
                    held = before
    for name in "ab":
        read = reader.read("Patient", name)
        assert (None if read is None or read.is_deleted else read.resource()["language"]) == held.get(("put", name))
    writer.close()
    reader.close()
