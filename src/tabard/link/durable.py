"""A SQLite file of the link's own that any thread may use: one at a time, and every change on stable storage when it is left."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from tabard.database import connect, migrate

ToldFault = Callable[[apsw.Error], Exception]
"""What is raised in the place of a fault of SQLite's; its text must not be told, as it may quote what was written."""


class Durable:
    """Of the file at `path`, with the schema of `steps`; what is removed from it is overwritten."""

    def __init__(self, path: Path, steps: Sequence[str], told: ToldFault) -> None:
        self._told = told
        self._lock = threading.Lock()
        self.connection = connect(path)
        try:
            self.connection.pragma("secure_delete", True)
            migrate(self.connection, steps)
        except BaseException:
            self.connection.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[apsw.Cursor]:
        """A cursor, nobody else using the file meanwhile."""
        with self._lock:
            try:
                yield self.connection.cursor()
            except apsw.Error as fault:
                raise self._told(fault) from fault

    @contextmanager
    def writing(self) -> Iterator[apsw.Cursor]:
        """One durable transaction; all of it or nothing."""
        with self.reading() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self.connection.close()
