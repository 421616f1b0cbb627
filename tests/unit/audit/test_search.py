"""The index behind the log: what was written is found, in order, after crashes too, and only what was written."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tabard.audit import Asked, AuditEvent, AuditLog, Index, Outcome, Search, patients_of
from tabard.ground.errors import CallerError, NotFound

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
READ = AuditEvent(NOW, "read", Outcome.granted, person="p1", client="board", context="Location/w1", status=200)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    log = AuditLog(tmp_path, lambda: NOW)
    yield log
    log.close()


@pytest.fixture
def index(tmp_path: Path, log: AuditLog) -> Iterator[Index]:
    del log  # it makes the folder
    index = Index(tmp_path)
    yield index
    index.close()


def write(log: AuditLog, *events: AuditEvent) -> None:
    for done in [log.write(event) for event in events]:
        done.result(30)


def found(search: Search, **asked: object) -> list[AuditEvent | None]:
    return [entry.event for entry in search.find(Asked(**asked)).entries]  # type: ignore[arg-type]  # as a test says it


ABOUT_ANN = (
    replace(READ, resource="Patient/ann"),
    replace(READ, action="search", resource="Encounter", seen=("Encounter/e1", "Patient/ann", "Patient/ben")),
    replace(READ, action="search", resource="Observation", seen=("Observation/o1",), patients=("ann",)),
    replace(READ, action="read", resource="Location/w1", context="Patient/ann"),
    replace(READ, outcome=Outcome.refused, resource="Patient/ann", reason="context", status=403),
)
NOT_ANN = (
    replace(READ, resource="Patient/ben"),
    replace(READ, resource="Patient/anna"),
    replace(READ, action="search", resource="Patient", parameters=("name",)),
    replace(READ, resource="Observation/ann"),
)


def test_who_looked_at_me(log: AuditLog, index: Index, tmp_path: Path) -> None:
    """Every event that is about a patient is found by that patient's id, whatever names it; no other is."""
    write(log, *ABOUT_ANN, *NOT_ANN)
    told = found(Search(tmp_path, index), patient="ann")
    assert sorted(map(str, told)) == sorted(map(str, ABOUT_ANN))


def test_the_index_and_patients_of_agree(log: AuditLog, index: Index, tmp_path: Path) -> None:
    """What the index takes an event to be about is what `patients_of` says in Python."""
    write(log, *ABOUT_ANN, *NOT_ANN)
    search = Search(tmp_path, index)
    for patient in ("ann", "ben", "anna", "w1"):
        expected = [event for event in (*ABOUT_ANN, *NOT_ANN) if patient in patients_of(event)]
        assert sorted(map(str, found(search, patient=patient))) == sorted(map(str, expected))


def test_by_person_product_time_outcome_and_resource(log: AuditLog, index: Index, tmp_path: Path) -> None:
    """Each condition narrows; together they all hold."""
    later = replace(READ, at=NOW + timedelta(hours=1), person="p2", client="rival", resource="Patient/ben")
    write(log, *ABOUT_ANN, later)
    search = Search(tmp_path, index)
    assert found(search, person="p2") == [later]
    assert found(search, client="rival") == [later]
    assert found(search, since=NOW + timedelta(minutes=1)) == [later]
    assert len(found(search, until=NOW + timedelta(minutes=1))) == len(ABOUT_ANN)
    assert found(search, outcome=Outcome.refused) == [ABOUT_ANN[4]]
    assert found(search, resource="Encounter") == [ABOUT_ANN[1]]
    assert found(search, resource="Patient/ben") == [later]
    assert found(search, patient="ben", client="board") == [ABOUT_ANN[1]]
    assert found(search, patient="ben", client="nothing' OR 1=1 --") == []
    assert search.count(Asked(patient="ann")) == len(ABOUT_ANN)


def test_the_newest_first_to_the_microsecond_and_pages_that_lose_nothing(
    log: AuditLog, index: Index, tmp_path: Path
) -> None:
    """Pages follow one another without gap or repeat, also while more is written."""
    steps = (0, 1, 999_999, 1_000_000, 1_500_000, 2_000_000)
    write(log, *(replace(READ, at=NOW + timedelta(microseconds=us), reason=str(us)) for us in steps))
    search, told, before = Search(tmp_path, index), [], None
    for _ in range(len(steps)):
        page = search.find(Asked(), 1, before)
        told += [entry.event.reason for entry in page.entries if entry.event]
        before = page.older
        write(log, replace(READ, at=NOW + timedelta(hours=1)))
        if before is None:
            break
    assert told == [str(us) for us in reversed(steps)]


@pytest.mark.parametrize("before", ["", "1", "a.b", "1.2.3", "1." + "9" * 60, "-1.2"])
def test_a_place_that_is_none_is_refused(log: AuditLog, index: Index, tmp_path: Path, before: str) -> None:
    """A stranger's page token is no SQL and no crash."""
    write(log, READ)
    with pytest.raises(CallerError):
        Search(tmp_path, index).find(Asked(), 1, before)


def test_after_a_crash_it_goes_on_where_it_was_and_has_each_event_once(tmp_path: Path) -> None:
    """Chains of several runs, one with a torn end: all that was finished is there, nothing twice."""
    for run in range(3):
        log, index = AuditLog(tmp_path, lambda: NOW), Index(tmp_path)
        write(log, *(replace(READ, reason=f"{run}-{number}") for number in range(5)))
        index.catch_up()
        write(log, replace(READ, reason=f"{run}-last"))
        index.close()
        log.close()
        if run == 1:
            with max(tmp_path.glob("*.ndjson")).open("ab") as file:
                file.write(b'{"n":7,"bef')
    index = Index(tmp_path)
    told = [str(event.reason) for event in found(Search(tmp_path, index)) if event]
    progress = index.catch_up()
    index.rebuild()
    again = [str(event.reason) for event in found(Search(tmp_path, index)) if event]
    index.close()
    assert (
        sorted(told) == sorted(again) == sorted(f"{run}-{which}" for run in range(3) for which in (*range(5), "last"))
    )
    assert (progress.events, progress.behind_bytes, progress.unread) == (18, 0, 0)


def test_a_line_that_makes_no_sense_holds_nothing_up(log: AuditLog, index: Index, tmp_path: Path) -> None:
    """Whoever spoils one line hides no other; that there is one is told."""
    write(log, *ABOUT_ANN)
    path = next(tmp_path.glob("*.ndjson"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"\xff not json\n", *lines[3:]]))
    search = Search(tmp_path, index)
    assert len(found(search)) == len(ABOUT_ANN) - 1
    assert search.progress().unread == 1


def test_it_says_how_far_it_is(log: AuditLog, index: Index, tmp_path: Path) -> None:
    """Until it has caught up, it says so; it never takes more at once than it was allowed."""
    write(log, *(replace(READ, reason="x" * 1000) for _ in range(3000)))
    first = index.catch_up(1)
    assert 0 < first.events < 3000
    assert not first.is_whole
    assert index.catch_up().is_whole
    assert Search(tmp_path).progress().events == 3000


def test_a_line_changed_after_it_was_indexed_is_told_as_gone(log: AuditLog, index: Index, tmp_path: Path) -> None:
    """What is shown comes from the log: what stands there no more is not made up."""
    write(log, READ)
    index.catch_up()
    next(tmp_path.glob("*.ndjson")).write_bytes(b"")
    assert [entry.event for entry in Search(tmp_path).find(Asked()).entries] == [None]


def test_one_process_fills_it_and_others_read(log: AuditLog, index: Index, tmp_path: Path) -> None:
    """A second filler is turned away; without any index, a search says what to do."""
    del log
    with pytest.raises(CallerError):
        Index(tmp_path)
    assert Search(tmp_path).find(Asked()).entries == ()
    index.catch_up()
    with pytest.raises(NotFound):
        Search(tmp_path / "nowhere").find(Asked())
