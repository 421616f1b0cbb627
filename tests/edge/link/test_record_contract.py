"""What applying asks of a record, asked of the real one and of the pretend one that unit tests use."""

from collections.abc import Iterator
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
