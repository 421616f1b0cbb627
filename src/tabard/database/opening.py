"""Opening a database for what a room needs of it, whichever engine its place names."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tabard.database.connections import Connection, Readers
from tabard.database.files import connect, read_only
from tabard.database.place import Place, Server
from tabard.database.sqlite import SqliteConnection, SqliteReaders
from tabard.ground.errors import CallerError

if TYPE_CHECKING:
    from tabard.database.postgresql import PostgresqlConnection

_C = TypeVar("_C", bound=Connection)
_WRITER_CACHE_KIB = 65536
_READER_CACHE_KIB = 8192


def open_writer(place: Place, *, durable: bool = True) -> Connection:
    """A connection for writing; a SQLite file is made when it is not there, a PostgreSQL database must be.

    A commit on a `durable` one is on stable storage when it returns. Raises DatabaseAway, and CallerError when the
    PostgreSQL driver is not installed.
    """
    if isinstance(place, Server):
        return _postgresql(place, durable=durable)
    connection = connect(place, durable=durable)
    _cache(connection, _WRITER_CACHE_KIB)
    connection.pragma("temp_store", "memory")  # savepoints keep what they might undo there
    return connection


def open_readers(place: Place, check: Callable[[Connection], None]) -> Readers:
    """Connections for any thread that reads. Each is shown to `check` when it is opened, which may raise.

    Nothing is opened before somebody reads; then NotFound for a file that is not there, DatabaseAway, or CallerError when
    the PostgreSQL driver is not installed.
    """
    if isinstance(place, Server):
        pool = _driver("pool")
        return pool.PostgresqlReaders(lambda: _checked(_postgresql(place, durable=False), check))  # type: ignore[no-any-return]  # imported by name
    return SqliteReaders(lambda: _checked(_file(place), check))


def _file(path: Path) -> SqliteConnection:
    connection = read_only(path)
    _cache(connection, _READER_CACHE_KIB)
    return connection


def _cache(connection: SqliteConnection, size_kib: int) -> None:
    connection.pragma("cache_size", -size_kib)  # SQLite's own way to say KiB and not pages


def _checked(connection: _C, check: Callable[[Connection], None]) -> _C:
    try:
        check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _postgresql(place: Server, *, durable: bool) -> "PostgresqlConnection":
    return _driver("postgresql").PostgresqlConnection(place, durable=durable)  # type: ignore[no-any-return]  # imported by name


def _driver(name: str) -> Any:
    """The room's file that needs psycopg: most hospitals do without it, and it takes a while to import."""
    try:
        return import_module(f"tabard.database.{name}")
    except ImportError as fault:
        raise CallerError(
            "the PostgreSQL driver is not installed",
            expected="psycopg 3",
            remedy="pip install 'tabard[postgresql]'",
        ) from fault
