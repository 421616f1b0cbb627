"""Reading a journal file from any thread: each thread has a connection of its own, opened when it is first used."""

import threading
from pathlib import Path
from typing import Any

import apsw

from tabard.database import read_only
from tabard.ground.errors import NotFound


class Rows:
    """Runs queries on a journal file; each sees the last commit."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def close(self) -> None:
        """Close the calling thread's connection; those of other threads end with their threads."""
        connection: apsw.Connection | None = self._local.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def _rows(self, query: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> apsw.Cursor:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = read_only(self._path)
        return connection.execute(query, values)


def unknown(seq: int) -> NotFound:
    """That no message has this number."""
    return NotFound("the journal holds no such message", where=f"seq {seq}", remedy="see `tabard link journal`")
