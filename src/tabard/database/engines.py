"""A SQLAlchemy engine for the rooms' ordinary tables, with the same promises as a direct connection."""

from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from tabard.database.files import BUSY_TIMEOUT_MS, make_private

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    # A rollback journal, not WAL: Python's own SQLite may be older than 3.51.3, whose WAL can be reset under a reader.
    # TRUNCATE, not DELETE: with synchronous=FULL the end of the transaction is then itself synced.
    "PRAGMA journal_mode = truncate",
    "PRAGMA synchronous = full",
    "PRAGMA foreign_keys = on",
)


def engine(path: Path) -> Engine:
    """An engine on the SQLite file `path` (made with mode 0600 when new); a commit that returned is durable.

    Each transaction takes the write lock when it begins, so that what it read is still so when it writes; keep them
    short, and never begin a second one inside a first in the same thread. The file must not be opened with `connect`.
    """
    make_private(path)
    made = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin or commit by itself
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
