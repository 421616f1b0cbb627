"""What applying asks of a record, asked of the real one and of the pretend one that unit tests use."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tabard.link.applier import RecordWriter as Port, Writing
from tabard.record import RecordWriter
from unit.link.pretend_record import PretendRecord

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [{"system": "urn:x", "value": "1,2"}, {"system": "urn:x", "value": "3|4"}],
}
VISIT: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "class": {"code": "IMP"},
    "subject": {"reference": "Patient/p"},
}


@pytest.fixture(params=["real", "pretend"])
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Port]:
    """Each of the two."""
    found: Port = RecordWriter(tmp_path / "record.db") if request.param == "real" else PretendRecord()
    yield found
    found.close()


def plain(resource: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if resource is None else {key: value for key, value in resource.items() if key != "meta"}


def fail_after(writing: Writing, resource: dict[str, Any], seq: int) -> None:
    writing.put(resource, "urn:test")
    writing.mark_applied(seq)
    raise RuntimeError


def test_versions_are_counted_and_notes_kept_beside_them(record: Port) -> None:
    """A version for each change; a note until it is taken away, found by the beginning of its key, undone with its savepoint."""
    with record.transaction() as writing:
        changed = {**PATIENT, "gender": "female"}
        told = [writing.put(one, "urn:test") for one in (PATIENT, PATIENT, changed)]
        assert [None if one is None else one.version for one in told] == [1, None, 2]
        writing.note("k", "a/2", b"2")
        writing.note("k", "a/1", b"1")
        writing.note("k", "b", b"3")
        writing.note("k", "b", None)
    with record.transaction() as writing:
        with suppress(ZeroDivisionError), writing.savepoint():
            writing.note("k", "a/3", b"3")
            raise ZeroDivisionError
        assert writing.notes("k", "a/") == (("a/1", b"1"), ("a/2", b"2"))
        assert (writing.noted("k", "a/1"), writing.noted("k", "b"), writing.noted("l", "a/1")) == (b"1", None, None)
        held = writing.get("Patient", "p")
        assert held is not None
        assert held["meta"]["source"] == "urn:test"


def test_what_was_put_is_got_and_found(record: Port) -> None:
    """Within the transaction and after it, by id, by identifier (whatever characters it holds) and by patient."""
    with record.transaction() as writing:
        assert writing.get("Patient", "p") is None
        assert writing.put(PATIENT, "urn:test") is not None
        assert writing.put(PATIENT, "urn:test") is None
        writing.put(VISIT, "urn:test")
        assert plain(writing.get("Patient", "p")) == PATIENT
    with record.transaction() as writing:
        assert tuple(writing.find("Patient", "identifier", "urn:x|1,2")) == ("p",)
        assert tuple(writing.find("Patient", "identifier", "urn:x|3|4")) == ("p",)
        assert tuple(writing.find("Patient", "identifier", "urn:x|1")) == ()
        assert tuple(writing.find("Patient", "identifier", "urn:y|1,2")) == ()
        assert tuple(writing.find("Encounter", "patient", "Patient/p")) == ("e",)
        assert plain(writing.get("Encounter", "e")) == VISIT


def test_what_is_got_is_the_callers_own(record: Port) -> None:
    """Changing it changes nothing in the record."""
    with record.transaction() as writing:
        writing.put(PATIENT, "urn:test")
        got = writing.get("Patient", "p")
        assert got is not None
        got["identifier"].clear()
        assert plain(writing.get("Patient", "p")) == PATIENT


def test_a_savepoint_undoes_its_own_and_no_more(record: Port) -> None:
    """A message that fails takes its writes and its mark with it; those around it stay."""
    with record.transaction() as writing:
        with writing.savepoint():
            writing.put(PATIENT, "urn:test")
            writing.mark_applied(1)
        with pytest.raises(RuntimeError), writing.savepoint():
            fail_after(writing, VISIT, 2)
        writing.mark_applied(3)
    with record.transaction() as writing:
        assert plain(writing.get("Patient", "p")) == PATIENT
        assert writing.get("Encounter", "e") is None
        assert [writing.is_applied(seq) for seq in (1, 2, 3)] == [True, False, True]


def test_a_transaction_that_fails_leaves_nothing(record: Port) -> None:
    """All or nothing: the marks too."""
    with pytest.raises(RuntimeError), record.transaction() as writing:
        fail_after(writing, PATIENT, 1)
    with record.transaction() as writing:
        assert writing.get("Patient", "p") is None
        assert not writing.is_applied(1)
