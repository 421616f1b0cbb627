"""What a room needs of a database, whichever engine it is: statements, transactions, and readers for any thread.

SQL is written once, for both engines: `?` for each bound value, lower-case names, COALESCE, RETURNING, ON CONFLICT, an
`AS` for each subquery in FROM; `instr` to look inside a text. Text is compared and ordered by code point. Where the engines must be told different
things, `Flavour` says them. Values bound and answered are `int`, `str`, `bytes`, `float` and None.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Flavour(StrEnum):
    """Which engine, and the words in which the two differ."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"

    def unindexed(self, column: str) -> str:
        """`column`, told so that the planner takes no index for it where it would take the wrong one.

        SQLite chooses by a rule of thumb; PostgreSQL gathers statistics, and would be robbed of them.
        """
        return f"+{column}" if self is Flavour.SQLITE else column

    def has_row(self, select: str) -> str:
        """The condition that `select` (`SELECT 1 FROM ...`) finds something for the row at hand.

        Not EXISTS on SQLite, which may turn that into a join and start from the wider side.
        """
        return f"({select} LIMIT 1)" if self is Flavour.SQLITE else f"EXISTS ({select})"


class Result(Protocol):
    """What a statement answered: rows as tuples, each read once."""

    @property
    def get(self) -> Any:
        """The row of a statement that has one at most: its only value, else the tuple; None when there is no row."""

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...


class Connection(Protocol):
    """A connection to either engine. One thread at a time may use it."""

    @property
    def flavour(self) -> Flavour:
        """Which engine it is."""

    def execute(self, sql: str, bound: Sequence[Any] = (), /) -> Result:
        """Carry out one statement with its values bound."""

    def executemany(self, sql: str, bound: Sequence[Sequence[Any]], /) -> object:
        """Carry out one statement for each of many rows of values; what it answers is dropped."""

    def each(self, sql: str, bound: Sequence[Sequence[Any]], /) -> list[Any]:
        """What a statement that has one row at most answers for each of many rows of values, as `Result.get` tells it."""

    def several(self, asked: Sequence[tuple[str, Sequence[Any]]], /) -> Sequence[Result]:
        """What several statements answer, each with its own values."""

    def script(self, sql: str) -> None:
        """Carry out many statements without values, parted by `;`."""

    def transaction(self) -> AbstractContextManager[None]:
        """All that is done inside is kept when it ends, nothing of it when an exception leaves it.

        One writer at a time, among all processes: a second one waits. So whoever reads a number inside and writes the
        next one can be sure of it, and a reader never sees a later number before an earlier one.
        """

    def savepoint(self) -> AbstractContextManager[object]:
        """Inside a transaction: what is done inside is undone alone when an exception leaves it."""

    def snapshot(self) -> AbstractContextManager[None]:
        """All reads inside see one and the same commit."""

    def gather_statistics(self) -> None:
        """Let the engine count what is in the tables, outside of a transaction, for it to plan by.

        PostgreSQL does so by itself, but first a minute after a table has grown; until then it plans for an empty one.
        SQLite plans without.
        """

    def steps_had(self) -> int:
        """How many steps of its schema the database has had. See `migrate`."""

    def set_steps_had(self, steps: int) -> None:
        """Remember how many, inside the transaction of the steps."""

    def told(self) -> str:
        """Where the database is, for an error: no password in it."""

    def close(self) -> None:
        """Give it back. Closing twice is fine."""


class Readers(Protocol):
    """Connections for reading committed data, lent to whatever thread asks."""

    def run(self, work: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` answers, given a connection that nobody else uses meanwhile.

        `work` only reads, and may be run a second time when a connection proves to be lost.
        """

    def close(self) -> None:
        """Give all back, once no thread reads any more."""
