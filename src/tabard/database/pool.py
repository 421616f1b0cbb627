"""Connections to PostgreSQL lent to whatever thread reads, and taken back."""

from collections import deque
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Concatenate, ParamSpec, TypeVar

from tabard.database.errors import DatabaseAway
from tabard.database.postgresql import PostgresqlConnection

P = ParamSpec("P")
T = TypeVar("T")

MOST = 20
"""How many connections there are at once; who comes later waits for one."""


class PostgresqlReaders:
    """At most MOST connections, made by `make` when all others are lent; the one last used is lent first."""

    def __init__(self, make: Callable[[], PostgresqlConnection]) -> None:
        self._make = make
        self._idle: deque[PostgresqlConnection] = deque()
        self._places = BoundedSemaphore(MOST)

    def run(self, work: Callable[Concatenate[PostgresqlConnection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` answers; run again on a new connection when an idle one proves to be lost."""
        with self._places:
            connection = self._lend()
            if connection is not None:
                try:
                    return self._run(connection, work, *args, **kwargs)
                except DatabaseAway:
                    if not connection.is_lost:
                        raise
                    self.close()  # the server was away: the others are lost too
            return self._run(self._make(), work, *args, **kwargs)

    def close(self) -> None:
        """Close all that are idle, once no thread reads any more."""
        while (connection := self._lend()) is not None:
            connection.close()

    def _run(
        self,
        connection: PostgresqlConnection,
        work: Callable[Concatenate[PostgresqlConnection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        try:
            return work(connection, *args, **kwargs)
        finally:
            if not connection.is_lost:
                self._idle.append(connection)

    def _lend(self) -> PostgresqlConnection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None
