"""Opening a SQLite file with `apsw`: write-ahead log, synced commits, private mode."""

import os
from pathlib import Path

import apsw

from tabard.database.sqlite import SqliteConnection
from tabard.ground.errors import NotFound
from tabard.ground.private_files import sync_folder

BUSY_TIMEOUT_MS = 5000
"""How long a connection waits for another's lock before it gives up."""

PAGE_SIZE_BYTES = 4096


def connect(path: Path, *, durable: bool = True, page_size_bytes: int = PAGE_SIZE_BYTES) -> SqliteConnection:
    """Open `path` for reading and writing, making it (mode 0600, its name durable) when it does not exist.

    A commit on a `durable` connection is on stable storage when it returns (synchronous=FULL); otherwise a power cut
    may take the last commits back, never tear them. `page_size_bytes` counts for a new file; one that exists keeps its own.
    One thread at a time may use the connection.
    """
    make_private(path)
    connection = SqliteConnection(str(path))
    _settle(connection)
    connection.pragma("page_size", page_size_bytes)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full" if durable else "normal")
    connection.pragma("foreign_keys", True)
    return connection


def read_only(path: Path) -> SqliteConnection:
    """Open an existing `path` for reading; each read sees the last commit. Raises NotFound when there is no such file."""
    try:
        connection = SqliteConnection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.CantOpenError as fault:
        raise NotFound(
            "there is no such database", where=str(path), remedy="name the folder of an initialised hospital"
        ) from fault
    _settle(connection)
    return connection


def _settle(connection: apsw.Connection) -> None:
    """Wait for others' locks; keep a statement's plan whatever values it is given.

    This SQLite is built with STAT4 and would otherwise plan anew at each execution with bound values, for a choice that
    needs statistics we do not gather. Source: SQLite, `SQLITE_DBCONFIG_ENABLE_QPSG`.
    """
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)


def make_private(path: Path) -> None:
    """Make `path` with mode 0600, its name durable, before SQLite does: its -wal and -shm take their mode from it."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    os.close(handle)
    sync_folder(path.parent)
