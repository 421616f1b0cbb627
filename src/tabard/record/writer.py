"""The record's one writer: resources and the marks of applied messages, in transactions of its own making."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from tabard.database import Connection, Place, migrate, open_writer
from tabard.fhir import decode
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock, system_clock
from tabard.record import index
from tabard.record.schema import STEPS
from tabard.record.writing import Writing

_KEY_BYTES = 32
_FIRST_COUNT = 100


class RecordWriter:
    """The record of one hospital, opened for writing; its tables are made when they are not there. For one thread."""

    def __init__(self, place: Place, clock: Clock = system_clock, *, durable: bool = True) -> None:
        self._connection = open_writer(place, durable=durable)
        self._clock = clock
        migrate(self._connection, STEPS)
        self._count_at = 0
        with self.transaction():
            _make_ready(self._connection)
        self._count_at = _next_count(self._connection.execute("SELECT coalesce(max(seq), 0) FROM version").get)

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        """All that is done inside is kept, durably, when it ends; nothing of it when an exception leaves it."""
        with self._connection.transaction():
            writing = Writing(self._connection, self._clock)
            yield writing
        if writing.last_written >= self._count_at:
            self._connection.gather_statistics()
            self._count_at = _next_count(writing.last_written)

    def belong_to(self, owner: str) -> None:
        """Be `owner`'s from now on. Raises CallerError where it is another's: patients of two hospitals must not mix."""
        with self._connection.transaction():
            held = self._connection.execute("SELECT value FROM about WHERE name = 'owner'").get
            if held is None:
                self._connection.execute("INSERT INTO about (name, value) VALUES ('owner', ?)", (owner.encode(),))
            elif held != owner.encode():
                raise CallerError(
                    "the record is another hospital's",
                    where=self._connection.told(),
                    expected="a database, or a schema of one, for each hospital",
                    remedy="name another database; or, after a loss of keys/ids.key, restore that file from the backup",
                )

    def close(self) -> None:
        """Give it back. Closing twice is fine."""
        self._connection.close()


def _next_count(written: int) -> int:
    """After how many writes the tables are counted anew: often while the record is small, for then it grows fastest."""
    return max(_FIRST_COUNT, written * 4)


def _make_ready(connection: Connection) -> None:
    """The cursors' key, made once; the index, made anew when another edition of Tabard made it."""
    connection.execute(
        "INSERT INTO about (name, value) VALUES ('cursor_key', ?) ON CONFLICT (name) DO NOTHING",
        (secrets.token_bytes(_KEY_BYTES),),
    )
    if connection.execute("SELECT value FROM about WHERE name = 'index'").get == index.edition():
        return
    index.clear(connection)
    for key, seq in list(connection.execute("SELECT key, seq FROM resource WHERE gone = 0")):
        resource = decode(connection.execute("SELECT body FROM version WHERE seq = ?", (seq,)).get)
        rows = index.rows_of(resource)
        index.change_rows(connection, key, index.NO_ROWS, rows)
        dated = index.dated(resource, rows)
        connection.execute("UPDATE resource SET dated = ? WHERE key = ?", (dated, key))
        connection.execute("UPDATE version SET dated = ? WHERE seq = ?", (dated, seq))
    connection.execute(
        "INSERT INTO about (name, value) VALUES ('index', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (index.edition(),),
    )
