"""Statements that wait for the next way to the server: those on one table together, as far as their order allows; pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tabard.database.wording import gathered

Values = Sequence[Any]

_TABLE = re.compile(r"\s*(?:INSERT INTO|DELETE FROM|UPDATE) (\w+)")


class _One(NamedTuple):
    """A statement and the rows of values that it is for; `table` is None for one that nothing may pass."""

    sql: str
    table: str | None
    rows: list[Values]


class Waiting:
    """A queue. A statement joins its like that waits already, unless another one on the same table stands between."""

    __slots__ = ("_queue",)

    def __init__(self) -> None:
        self._queue: list[_One] = []

    def __bool__(self) -> bool:
        return bool(self._queue)

    def add(self, sql: str, rows: Sequence[Values]) -> None:
        """Let the statement wait, for each of the rows."""
        found = _TABLE.match(sql)
        table = found and found[1]
        for one in reversed(self._queue if table else ()):
            if one.sql == sql:
                one.rows.extend(rows)
                return
            if one.table in {None, table}:
                break
        self._queue.append(_One(sql, table, list(rows)))

    def take_back(self, sql: str) -> bool:
        """Drop the statement and all behind it; False where it waits no more."""
        for place, one in enumerate(self._queue):
            if one.sql == sql:
                del self._queue[place:]
                return True
        return False

    def clear(self) -> None:
        """Drop everything."""
        self._queue = []

    def go(self) -> Iterator[tuple[str, Values]]:
        """What waits, in order and in as few statements as may be; it waits no more."""
        going, self._queue = self._queue, []
        for one in going:
            yield from gathered(one.sql, one.rows)
