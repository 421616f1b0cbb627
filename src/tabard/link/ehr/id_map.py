"""The two-way map of ids: products see only the record's, the EHR only its own.

A file of its own, which can be made again: the id of what passes through follows from the EHR's by the hospital's key, and
patients are joined anew by their numbers. So nothing in it needs to survive a power cut. Each row is sealed with the same
key: one that was changed in the file is dropped, and said so.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from tabard.database import connect, migrate
from tabard.ground.ids import KeyedIds

_STEPS = (
    """
    CREATE TABLE map (
        type TEXT NOT NULL,
        ours TEXT NOT NULL,
        theirs TEXT NOT NULL,
        patient TEXT NOT NULL,
        seal TEXT NOT NULL,
        PRIMARY KEY (type, ours)
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX map_theirs ON map (type, theirs);
    """,
)
_KNOWN = 100_000
SPOILT = "map_spoilt"


class Row(NamedTuple):
    """A resource under both its ids; `patient` is the record's id of whom it is about, "" where it is about nobody."""

    type: str
    ours: str
    theirs: str
    patient: str


class IdMap:
    """The map of one link. Safe from any thread. `tell` counts rows that were changed in the file."""

    def __init__(self, path: Path, link: str, ids: KeyedIds, tell: Callable[[str], None] = lambda _: None) -> None:
        self._connection = connect(path, durable=False)
        migrate(self._connection, _STEPS)
        self._link = link
        self._ids = ids
        self._tell = tell
        self._lock = Lock()
        self._kept: dict[tuple[str, str], Row] = {}
        self._ours: dict[tuple[str, str], str] = {}

    def id_of(self, resource_type: str, theirs: str) -> str:
        """The record's id for what passes through: the same for the same, and nobody can go back from it."""
        return self._ids.make("ehr", self._link, resource_type, theirs)

    def by_ours(self, resource_type: str, ours: str) -> Row | None:
        """The row of the record's id."""
        return self._row(
            "SELECT type, ours, theirs, patient, seal FROM map WHERE type = ? AND ours = ?", resource_type, ours
        )

    def by_theirs(self, resource_type: str, theirs: str) -> Row | None:
        """The row of the EHR's id."""
        return self._row(
            "SELECT type, ours, theirs, patient, seal FROM map WHERE type = ? AND theirs = ?", resource_type, theirs
        )

    def keep(self, rows: Iterable[Row]) -> None:
        """Keep these; what stood under one of their ids gives way."""
        new = [row for row in rows if self._kept.get((row.type, row.ours)) != row]
        if not new:
            return
        with self._lock, self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO map (type, ours, theirs, patient, seal) VALUES (?, ?, ?, ?, ?)",
                [(*row, self._seal(row)) for row in new],
            )
            self._remember(new)

    def forget(self, resource_type: str, ours: str) -> None:
        """Forget a row; the next question joins anew."""
        with self._lock, self._connection:
            self._connection.execute("DELETE FROM map WHERE type = ? AND ours = ?", (resource_type, ours))
            self._kept.pop((resource_type, ours), None)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()

    def _row(self, select: str, resource_type: str, found: str) -> Row | None:
        with self._lock:
            read = self._connection.execute(select, (resource_type, found)).get
        if read is None:
            return None
        row, seal = Row(*read[:4]), read[4]
        if seal == self._seal(row):
            return row
        self._tell(SPOILT)
        self.forget(row.type, row.ours)
        return None

    def _remember(self, rows: list[Row]) -> None:
        """What need not be written again, until something takes its place."""
        if len(self._kept) > _KNOWN:
            self._kept.clear()
            self._ours.clear()
        for row in rows:
            before = self._ours.get((row.type, row.theirs))
            self._kept.pop((row.type, before or ""), None)
            self._kept[row.type, row.ours], self._ours[row.type, row.theirs] = row, row.ours

    def _seal(self, row: Row) -> str:
        return self._ids.make("map", self._link, *row)
