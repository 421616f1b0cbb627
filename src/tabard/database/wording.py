"""A statement in PostgreSQL's words, of one row of values or of many; pure, and remembered."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

MOST_ROWS = 32
"""Rows to one statement: a power of two, as all sizes above _FEW are, so that not too many statements need be prepared."""

_FEW = 8

_DOES = re.compile(r"\s*(INSERT|UPDATE|DELETE|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|CREATE|DROP|ALTER|SET)\b")
_INSERT = re.compile(r"(INSERT INTO .* VALUES )(\([?, ]+\))", re.DOTALL)
_DELETE = re.compile(r"(DELETE FROM \w+ WHERE )(.*)", re.DOTALL)


@lru_cache(maxsize=4096)
def numbered(sql: str) -> str:
    """The statement with `$1`, `$2` for its `?`, which stand in no literal of it; `strpos` for `instr`."""
    first, *others = sql.replace("instr(", "strpos(").split("?")
    return first + "".join(f"${number}{piece}" for number, piece in enumerate(others, start=1))


@lru_cache(maxsize=4096)
def answers(sql: str) -> bool:
    """Whether the statement answers with rows: all do but those that are known to do something else."""
    return _DOES.match(sql) is None or " RETURNING " in sql


def gathered(sql: str, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
    """Statements that do together what `sql` would do for each of `rows`, as few as may be."""
    start, can_be_gathered = 0, _many(sql, 2) is not None
    while start < len(rows):
        size = _size(len(rows) - start) if can_be_gathered else 1
        chunk = rows[start : start + size]
        yield _many(sql, size) or sql, chunk[0] if size == 1 else [value for row in chunk for value in row]
        start += size


def _size(left: int) -> int:
    """How many of the rows that are left go into the next statement."""
    return left if left <= _FEW else min(MOST_ROWS, 1 << (left.bit_length() - 1))


@lru_cache(maxsize=1024)
def _many(sql: str, rows: int) -> str | None:
    """The statement for so many rows at once; None for one that is neither a plain INSERT nor a DELETE."""
    if found := _INSERT.fullmatch(sql):
        return found[1] + ", ".join([found[2]] * rows)
    if found := _DELETE.fullmatch(sql):
        return found[1] + " OR ".join([f"({found[2]})"] * rows)
    return None
