"""SQLite as one of the two engines: the driver's own connection, with the face that both engines share."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakSet

import apsw

from tabard.database.connections import Flavour, Result
from tabard.database.rows import Rows

P = ParamSpec("P")
T = TypeVar("T")


class SqliteConnection(apsw.Connection):
    """apsw's connection, so that `execute` and `executemany` cost nothing more than the driver's own."""

    flavour = Flavour.SQLITE

    def each(self, sql: str, bound: Sequence[Sequence[Any]], /) -> list[Any]:
        """What the statement answers for each row of values."""
        execute = self.execute
        return [execute(sql, tuple(values)).get for values in bound]

    def several(self, asked: Sequence[tuple[str, Sequence[Any]]], /) -> list[Result]:
        """What each statement answers, before the next is begun."""
        return [Rows(tuple(self.execute(sql, tuple(values)))) for sql, values in asked]

    def gather_statistics(self) -> None:
        """Nothing: plans must stay as they are. See `tabard.database.files`."""

    def script(self, sql: str) -> None:
        """Carry out many statements without values."""
        self.execute(sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction, its lock taken at the start: what it read is still so when it writes."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self.in_transaction:  # a full disk, for one, has already undone it
                self.execute("ROLLBACK")
            raise

    def savepoint(self) -> AbstractContextManager[object]:
        """What is done inside is undone alone when an exception leaves it."""
        return self

    def snapshot(self) -> AbstractContextManager[None]:
        """All reads inside see one and the same commit."""
        return _Snapshot(self)

    def steps_had(self) -> int:
        """How many steps of its schema the file has had: its own `user_version`."""
        return int(self.pragma("user_version"))

    def set_steps_had(self, steps: int) -> None:
        """Remember how many."""
        self.execute(f"PRAGMA user_version = {steps}")

    def told(self) -> str:
        """The file."""
        return self.filename


class _Snapshot(AbstractContextManager[None]):
    """A transaction of reads. A class and no generator: it is on the way of each search."""

    __slots__ = ("_connection",)

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        self._connection.execute("COMMIT")


class SqliteReaders:
    """A connection for each thread that reads, opened by `make` when the thread first asks."""

    def __init__(self, make: Callable[[], SqliteConnection]) -> None:
        self._make = make
        self._own = threading.local()
        self._opened: WeakSet[SqliteConnection] = WeakSet()
        self._lock = threading.Lock()

    def run(self, work: Callable[Concatenate[SqliteConnection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` answers, given this thread's connection."""
        try:
            connection = self._own.connection
        except AttributeError:
            connection = self._open()
        return work(connection, *args, **kwargs)

    def close(self) -> None:
        """Give all files back, once no thread reads any more."""
        with self._lock:
            for connection in list(self._opened):
                connection.close()
            self._own = threading.local()

    def _open(self) -> SqliteConnection:
        connection = self._make()
        with self._lock:
            self._opened.add(connection)
        self._own.connection = connection
        return connection
