"""The index behind the log: what was written down is found by patient, person, product and time, some moments later.

It holds nothing that the log does not, is never waited for by whoever writes, and is made anew from the log at any time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import apsw
import structlog

from tabard.audit.file import SUFFIX
from tabard.audit.index_tables import INSERT_ABOUT, INSERT_EVENTS, STEPS
from tabard.database import connect, hold, migrate

FILE = "index.db"
_HELD = "index.lock"
_CHUNK_BYTES = 1 << 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index is: events in it, and the bytes of the log that it has not had yet. `unread` lines make no sense."""

    events: int
    behind_bytes: int
    unread: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it holds all that the log did when this was asked."""
        return self.behind_bytes == 0


class Index:
    """Fills the index of the log in `folder`. One process at a time; any thread of it. Close it.

    Raises CallerError when another process holds it: that one fills it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hold = hold(folder / _HELD, "the hospital is being served, and fills the index itself")
        try:
            self._connection = connect(folder / FILE, durable=False)
            migrate(self._connection, STEPS)
        except BaseException:
            self._hold.release()
            raise
        self._lock = Lock()

    def catch_up(self, most_bytes: int | None = None) -> Progress:
        """Take what the log has and the index has not, up to `most_bytes` of it; how far it is then. Raises OSError."""
        left = most_bytes
        with self._lock:
            for path in chain_files(self._folder):
                while left is None or left > 0:
                    taken = self._take(path)
                    if not taken:
                        break
                    left = None if left is None else left - taken
            return progress_of(self._connection, self._folder)

    def rebuild(self) -> None:
        """Forget all, to be taken again from the log."""
        with self._lock, self._transaction():
            for table in ("about", "event", "chain"):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  one of three words

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._connection.close()
            self._hold.release()

    def _take(self, path: Path) -> int:
        """Take the next whole lines of one chain; how many bytes they are."""
        chain, begin = self._place_in(path.name)
        with path.open("rb") as file:
            file.seek(begin)
            whole = _whole_lines(file)
        if not whole:
            return 0
        lines = whole.split(b"\n")
        places = list(accumulate((len(line) + 1 for line in lines), initial=begin))
        with self._transaction():
            unread = self._insert(chain, list(zip(places, lines, strict=False)))
            self._connection.execute(
                "UPDATE chain SET bytes = ?, lines = lines + ?, unread = unread + ? WHERE id = ?",
                (places[-1], len(lines), unread, chain),
            )
        return places[-1] - begin

    def _insert(self, chain: int, lines: list[tuple[int, bytes]]) -> int:
        """Put lines in, all at once; where one makes no sense, each by itself. How many made none."""
        try:
            self._connection.execute("SAVEPOINT lines")
            self._put(chain, lines)
            self._connection.execute("RELEASE lines")
        except (apsw.Error, UnicodeDecodeError):
            self._connection.execute("ROLLBACK TO lines")
            self._connection.execute("RELEASE lines")
            if len(lines) == 1:
                _log.error("audit_line_unread", place=lines[0][0])
                return 1
            return sum(self._insert(chain, [line]) for line in lines)
        return 0

    def _put(self, chain: int, lines: list[tuple[int, bytes]]) -> None:
        text = (b"[" + b",".join(b"[%d,%s]" % line for line in lines) + b"]").decode()
        for statement in (INSERT_EVENTS, INSERT_ABOUT):
            self._connection.execute(statement, (chain, text))

    def _place_in(self, file: str) -> tuple[int, int]:
        row = self._connection.execute("SELECT id, bytes FROM chain WHERE file = ?", (file,)).fetchone()
        if row is not None:
            return int(row[0]), int(row[1])
        self._connection.execute("INSERT INTO chain (file, bytes, lines) VALUES (?, 0, 0)", (file,))
        return self._connection.last_insert_rowid(), 0

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _whole_lines(file: BinaryIO) -> bytes:
    """Some of the next whole lines, without the last newline; at least one where there is one."""
    read = b""
    while more := file.read(_CHUNK_BYTES):
        read += more
        if b"\n" in more:
            break
    return read.rpartition(b"\n")[0]


def chain_files(folder: Path) -> list[Path]:
    """The files of all chains, the oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def progress_of(connection: apsw.Connection, folder: Path) -> Progress:
    """How far an index is, against the log as it is now."""
    had = {file: (had, events) for file, had, events in connection.execute(_HAD)}
    behind = sum(_whole_bytes_after(path, had.get(path.name, (0, 0))[0]) for path in chain_files(folder))
    unread = connection.execute("SELECT COALESCE(SUM(unread), 0) FROM chain").get
    return Progress(sum(events for _, events in had.values()), behind, unread)


_HAD = "SELECT file, bytes, MAX(lines - 1, 0) - unread FROM chain"


def _whole_bytes_after(path: Path, place: int) -> int:
    """How many bytes of whole lines a file has after a place; the line that its process died on was never finished."""
    try:
        left = path.stat().st_size - place
        if not 0 < left <= _CHUNK_BYTES:
            return max(left, 0)
        with path.open("rb") as file:
            file.seek(place)
            return file.read().rfind(b"\n") + 1
    except OSError:
        return 0
