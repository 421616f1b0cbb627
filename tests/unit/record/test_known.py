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
                writing.look_up([("Patient", "a"), ("Patient", "b"), ("Patient", "a")], [("n", "a"), ("rare", "a")])
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
                        those_noted = sorted((key[1], said) for key, said in held.items() if key[0] == "note")
                        assert [(key, said.decode()) for key, said in writing.notes("n")] == those_noted
                        assert [key for key, _ in writing.notes("n", name, 1)] == [
                            key for key, _ in those_noted if key == name
                        ]
                    if is_undone:
                        raise ZeroDivisionError
                if is_undone:
                    held = before
    for name in "ab":
        read = reader.read("Patient", name)
        assert (None if read is None or read.is_deleted else read.resource()["language"]) == held.get(("put", name))
    writer.close()
    reader.close()


def test_a_mark_goes_with_what_was_undone(new_place: NewPlace) -> None:
    """A message whose savepoint was undone is not in the record, whatever was looked up before; its neighbours are."""
    writer = RecordWriter(new_place(), ticking(), durable=False)
    with writer.transaction() as writing:
        writing.mark_applied(1)
        with suppress(ZeroDivisionError), writing.savepoint():
            writing.mark_applied(2)
            raise ZeroDivisionError
        assert [writing.is_applied(seq) for seq in (1, 2, 3)] == [True, False, False]
        writing.mark_applied(3)
    with writer.transaction() as writing:
        assert [writing.is_applied(seq) for seq in (1, 2, 3, 500, 2)] == [True, False, True, False, False]
    writer.close()


@pytest.mark.parametrize("many", [3, 200])
def test_of_a_kind_with_few_notes_or_many_each_is_told(new_place: NewPlace, many: int) -> None:
    """How many there are of a kind decides how they are read, and never what is told."""
    writer = RecordWriter(new_place(), ticking(), durable=False)
    with writer.transaction() as writing:
        for number in range(many):
            writing.note("n", f"{number:03}", b"%d" % number)
    with writer.transaction() as writing:
        assert writing.noted("n", "none") is None
        assert writing.noted("n", "002") == b"2"
        writing.note("n", "002", None)
        writing.note("n", "002b", b"new")
        assert (writing.noted("n", "002"), writing.noted("n", "002b")) == (None, b"new")
        assert [key for key, _ in writing.notes("n", "00", 3)] == ["000", "001", "002b"]
        assert len(writing.notes("n")) == many
        assert writing.notes("other") == ()
    writer.close()
