"""Database: files opened one way, schema brought up to date once."""

import stat
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from sqlalchemy import text

from tabard import database
from tabard.database import connect, engine, hold, migrate, read_only
from tabard.ground.errors import CallerError, NotFound

STEPS = ("CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (1)",)


def test_a_durable_file_syncs_every_commit_and_is_private(tmp_path: Path) -> None:
    """A connection is WAL and FULL, and nobody else on the machine can read the file or its log."""
    path = tmp_path / "a.db"
    connection = connect(path)
    connection.execute("CREATE TABLE t (n)")
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    assert connection.pragma("foreign_keys") == 1
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert connect(path, durable=False).pragma("synchronous") == 1


def test_a_reader_sees_commits_and_cannot_write(tmp_path: Path) -> None:
    """A read-only connection reads what was committed while it was open, and a write through it fails."""
    writer = connect(tmp_path / "a.db")
    migrate(writer, STEPS)
    reader = read_only(tmp_path / "a.db")
    writer.execute("INSERT INTO one VALUES (2)")
    assert reader.execute("SELECT count(*) FROM one").get == 2
    with pytest.raises(apsw.ReadOnlyError):
        reader.execute("INSERT INTO one VALUES (3)")


def test_reading_what_is_not_there_says_so(tmp_path: Path) -> None:
    """A missing file is NotFound and is not made."""
    with pytest.raises(NotFound):
        read_only(tmp_path / "a.db")
    assert not (tmp_path / "a.db").exists()


def test_an_engine_is_durable_too(tmp_path: Path) -> None:
    """Ordinary tables have a synced journal and foreign keys, a transaction rolls back whole, and the file is private."""
    made = engine(tmp_path / "b.db")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "truncate"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    with made.connect() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
    made.dispose()
    assert stat.S_IMODE((tmp_path / "b.db").stat().st_mode) == 0o600


def test_who_needs_no_engine_does_not_wait_for_one() -> None:
    """SQLAlchemy is imported when an engine is asked for, not by each command that reads a journal."""
    told = "import sys, tabard.link; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)  # noqa: S603  our own words
    assert done.stdout.strip() == "False"
    assert all(getattr(database, name) for name in database.__all__)
    with pytest.raises(AttributeError):
        database.nothing  # noqa: B018  the look itself is tried


def test_a_folder_is_held_once(tmp_path: Path) -> None:
    """Who comes second is told where and what to do, and may have it when the first lets go."""
    path = tmp_path / "a.lock"
    first = hold(path, "stop the other")
    with pytest.raises(CallerError, match=r"in use.*stop the other") as refused:
        hold(path, "stop the other")
    assert refused.value.where == str(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first.release()
    hold(path, "stop the other").release()


def test_a_folder_is_free_again_when_its_process_was_killed(tmp_path: Path) -> None:
    """Nothing has to be cleared away by hand after a crash."""
    path = tmp_path / "a.lock"
    told = f"import os, signal; from pathlib import Path; from tabard.database import hold; h = hold(Path({str(path)!r}), ''); os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", told], check=False)  # noqa: S603  our own words
    assert path.exists()
    hold(path, "").release()
