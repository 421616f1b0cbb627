"""Transactions, savepoints and the marks of applied messages."""

import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread

import apsw
import pytest
from hypothesis import given, settings, strategies as st

from tabard.database import Place, migrate, open_writer
from tabard.fhir import Resource
from tabard.ground.errors import InternalError, NotFound
from tabard.record import RecordReader, RecordWriter, Writing, applied
from tabard.record.schema import STEPS

from .conftest import NewPlace


def patient(found: str, **elements: object) -> Resource:
    return {"resourceType": "Patient", "id": found, "identifier": [{"value": found}], **elements}


def put_and_fail(writing: Writing) -> None:
    writing.put(patient("b"), "lorenzo")
    writing.put(patient("a", active=True), "lorenzo")
    writing.mark_applied(2)
    raise ZeroDivisionError


def test_a_failed_savepoint_takes_back_only_itself(writer: RecordWriter, reader: RecordReader) -> None:
    """One message's failure leaves no resource, index row, version or mark of its own, and all of the others'."""
    with writer.transaction() as writing:
        with writing.savepoint():
            writing.put(patient("a"), "lorenzo")
            writing.mark_applied(1)
        with pytest.raises(ZeroDivisionError), writing.savepoint():
            put_and_fail(writing)
        assert not writing.is_applied(2)
        with writing.savepoint():
            writing.put(patient("c"), "lorenzo")
            writing.mark_applied(3)
    assert [each.id for each in reader.search("Patient", []).matches] == ["a", "c"]
    assert reader.search("Patient", [("identifier", "b")]).total == 0
    assert reader.search("Patient", [("active", "true")]).total == 0
    assert len(reader.history("Patient", "a")) == 1
    assert [each.id for each in reader.changes(0, 9)] == ["a", "c"]
    assert reader.applied_to() == 3


def test_a_failed_transaction_takes_back_everything(writer: RecordWriter, reader: RecordReader) -> None:
    """Neither the resources nor the marks of a transaction that an exception left are there, and the next one works."""
    with pytest.raises(ZeroDivisionError), writer.transaction() as writing:
        put_and_fail(writing)
    assert reader.search("Patient", []).total == 0
    assert reader.applied_to() == 0
    with writer.transaction() as writing:
        writing.put(patient("a"), "lorenzo")
    assert reader.read("Patient", "a") is not None


def test_a_full_disk_is_told_as_such_and_takes_back_everything(tmp_path: Path) -> None:
    """When the file cannot grow, the caller hears that, nothing of the transaction is there, and room makes it work."""
    writer, reader = RecordWriter(tmp_path / "record.db", durable=False), RecordReader(tmp_path / "record.db")
    file = writer._connection
    assert isinstance(file, apsw.Connection)
    pages = file.pragma("page_count")
    file.pragma("max_page_count", pages)
    big = patient("a", text={"div": "x" * 400_000})
    with pytest.raises(apsw.FullError), writer.transaction() as writing:
        writing.put(big, "lorenzo")
    file.pragma("max_page_count", pages * 100)
    assert reader.read("Patient", "a") is None
    with writer.transaction() as writing:
        writing.put(big, "lorenzo")
    assert reader.read("Patient", "a") is not None
    reader.close()
    writer.close()


@settings(max_examples=50)
@given(st.lists(st.integers(1, 30)))
def test_marks_are_exact_in_any_order(new_place: NewPlace, marked: list[int]) -> None:
    """Exactly what was marked is marked, in whatever order and however often, in as few ranges as can be."""
    connection = open_writer(new_place(), durable=False)
    migrate(connection, STEPS)
    marks = applied.Marks(connection)
    for seq in marked:
        marks.mark(seq)
    for known in (marks, applied.Marks(connection)):
        assert {seq for seq in range(32) if known.is_marked(seq)} == set(marked)
    assert applied.marked_to(connection) == max(marked, default=0)
    gaps = sum(1 for seq in set(marked) if seq + 1 not in marked)
    assert connection.execute("SELECT count(*) FROM applied").get == gaps
    connection.close()


CHILD = """
import os, signal, sys
from pathlib import Path
from tabard.database import server
from tabard.record import RecordWriter
writer = RecordWriter(server(sys.argv[1]) if "://" in sys.argv[1] else Path(sys.argv[1]))
for seq in (1, 2):
    with writer.transaction() as writing:
        writing.put({"resourceType": "Patient", "id": f"p{seq}", "identifier": [{"value": "x"}]}, "lorenzo")
        if seq == 2 and sys.argv[2] == "put":
            os.kill(os.getpid(), signal.SIGKILL)
        writing.mark_applied(seq)
        if seq == 2 and sys.argv[2] == "mark":
            os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("at", "survive"), [("put", {1}), ("mark", {1}), ("after", {1, 2})])
def test_a_kill_before_the_commit_leaves_neither_half(place: Place, at: str, survive: set[int]) -> None:
    """Killed between put and commit, neither resource nor mark is there; what was committed is there whole."""
    ended = subprocess.run([sys.executable, "-c", CHILD, str(place), at], check=False, timeout=60)  # noqa: S603  our own child
    assert ended.returncode == -signal.SIGKILL
    writer = RecordWriter(place, durable=False)
    with writer.transaction() as writing:
        assert {seq for seq in (1, 2) if writing.is_applied(seq)} == survive
        assert {seq for seq in (1, 2) if writing.get("Patient", f"p{seq}")} == survive
        assert set(writing.find("Patient", "identifier", "x")) == {f"p{seq}" for seq in survive}
    writer.close()


def test_readers_of_many_threads(writer: RecordWriter, reader: RecordReader) -> None:
    """Threads read side by side, each with its own connection, while a transaction is open."""
    with writer.transaction() as writing:
        writing.put(patient("a"), "lorenzo")
    seen: list[tuple[str, ...]] = []

    def look() -> None:
        seen.append(tuple(each.id for each in reader.search("Patient", [("identifier", "a,b")]).matches))

    with writer.transaction() as writing:
        writing.put(patient("b"), "lorenzo")
        threads = [Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [("a",)] * 4


def test_an_index_of_another_edition_is_made_anew(writer: RecordWriter, reader: RecordReader, place: Place) -> None:
    """A record that another edition indexed is refused to readers, and indexed anew when opened for writing."""
    with writer.transaction() as writing:
        writing.put(patient("a"), "lorenzo")
        writing.put({"resourceType": "Encounter", "id": "e", "period": {"start": "2026"}}, "lorenzo")
    other = open_writer(place, durable=False)
    with other.transaction():
        other.execute("UPDATE about SET value = ? WHERE name = 'index'", (b"0",))
        other.script("UPDATE token SET code = 'old'; UPDATE resource SET dated = NULL")
    with pytest.raises(InternalError, match="edition"):
        reader.read("Patient", "a")
    RecordWriter(place, durable=False).close()
    assert [each.id for each in reader.search("Patient", [("identifier", "a")]).matches] == ["a"]
    assert reader.search("Patient", [("identifier", "old")]).total == 0
    assert other.execute("SELECT dated FROM resource WHERE id = 'e'").get is not None
    other.close()


def test_a_record_that_is_not_there(tmp_path: Path) -> None:
    """A reader of no record says so."""
    with pytest.raises(NotFound):
        RecordReader(tmp_path / "none.db").read("Patient", "a")
