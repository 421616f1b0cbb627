"""Notes beside the resources: in the same transaction, and never a resource."""

from contextlib import suppress

from tabard.database import Place
from tabard.record import RecordReader, RecordWriter


def test_a_note_is_kept_changed_and_taken_away(writer: RecordWriter) -> None:
    """The last word on a key stands; one kind knows nothing of another's."""
    with writer.transaction() as writing:
        assert writing.noted("age", "Patient/a") is None
        writing.note("age", "Patient/a", b"1")
        writing.note("age", "Patient/a", b"2")
        writing.note("course", "Patient/a", b"3")
        assert writing.noted("age", "Patient/a") == b"2"
        writing.note("age", "Patient/a", None)
        assert (writing.noted("age", "Patient/a"), writing.noted("course", "Patient/a")) == (None, b"3")


def test_notes_are_found_by_the_beginning_of_their_key(writer: RecordWriter) -> None:
    """In order, whatever letters follow; a key that only resembles is not among them."""
    with writer.transaction() as writing:
        for key in ("p/2", "p/1", "p/\u00e9", "p", "q/1"):
            writing.note("belongs", key, key.encode())
        assert [key for key, _ in writing.notes("belongs", "p/")] == ["p/1", "p/2", "p/\u00e9"]
        assert len(writing.notes("belongs")) == 5
        assert [key for key, _ in writing.notes("belongs", "p/", 1)] == ["p/1"]


def test_a_note_goes_with_what_it_stands_beside(writer: RecordWriter, place: Place) -> None:
    """Undone with its savepoint or transaction, kept with it over a restart; it is no change of the record."""
    with writer.transaction() as writing:
        writing.note("age", "kept", b"1")
        with suppress(ZeroDivisionError), writing.savepoint():
            writing.note("age", "undone", b"1")
            raise ZeroDivisionError
    writer.close()
    opened = RecordWriter(place)
    with opened.transaction() as writing:
        assert [key for key, _ in writing.notes("age")] == ["kept"]
    opened.close()
    reader = RecordReader(place)
    assert reader.last_change() == 0
    reader.close()
