"""Search: a query carried out on one connection, page by page.

Order and paging. Without `_sort` rows come in the order in which resources were first kept, which never changes. With
`_sort` each row keeps, from the first page to the last, the place that it had when the first page was made: the cursor
carries that write's number, and of a row written since, the older version tells its place. So whatever changes
between two pages, a resource that matched throughout comes exactly once.
"""

from typing import Any, NamedTuple

import msgspec

from tabard.database import Connection
from tabard.fhir import decode
from tabard.fhir.indexing import empty_rows, rows_of
from tabard.record.conditions import Scope, Sql, leads_by_rows, where
from tabard.record.cursor import Cursor
from tabard.record.errors import BadSearch
from tabard.record.ordering import in_order
from tabard.record.query import Query
from tabard.record.rows import COLUMNS
from tabard.record.sort_parameters import Position, compare

MAX_MOVED = 2000
"""How many matches may have been written since the first page; beyond, the search must begin again."""


class Row(NamedTuple):
    """A match: its key, its version's number in the feed, and what is told of the version."""

    key: int
    seq: int
    told: tuple[Any, ...]


class Slice(NamedTuple):
    """The rows of one page, and whether more follow."""

    rows: tuple[Row, ...]
    has_more: bool


_READ = f"SELECT {COLUMNS} FROM version v JOIN resource r ON r.key = v.key WHERE v.seq = ?"  # noqa: S608  our own names
_THEN = "SELECT v.updated, v.body FROM version v WHERE v.key = ? AND v.seq <= ? ORDER BY v.version DESC LIMIT 1"


def count_matches(connection: Connection, query: Query) -> int:
    """How many resources match now."""
    condition = _where(connection, query)
    return int(connection.execute(f"SELECT count(*) FROM resource r WHERE {condition.text}", condition.bound).get)  # noqa: S608  values are bound


def ids_of(connection: Connection, query: Query) -> tuple[str, ...]:
    """The ids of all that match now, oldest resource first."""
    condition = _where(connection, query)
    found = connection.execute(f"SELECT r.id FROM resource r WHERE {condition.text} ORDER BY r.key", condition.bound)  # noqa: S608  values are bound
    return tuple(each for (each,) in found)


def start(connection: Connection, query: Query, digest: bytes) -> Cursor:
    """The cursor before the first page, as of the last write where the order asks for that."""
    if not query.sorts:
        return Cursor(digest, 0, 0, 0)
    as_of, newest = connection.execute(
        "SELECT coalesce(max(seq), 0), (SELECT coalesce(max(key), 0) FROM resource) FROM version"
    ).get
    return Cursor(digest, as_of, newest, 0)


def take(connection: Connection, query: Query, cursor: Cursor) -> Slice:
    """The next `query.limit` rows after `cursor`."""
    matched = _by_key(connection, query, cursor) if not query.sorts else _by_sorts(connection, query, cursor)
    kept = matched[: query.limit]
    told = connection.each(_READ, [(seq,) for _, seq in kept])
    rows = tuple(Row(*row, found) for row, found in zip(kept, told, strict=True))
    return Slice(rows, len(matched) > query.limit)


def after(cursor: Cursor, row: Row) -> Cursor:
    """The cursor behind `row`, of the same search as `cursor`."""
    return msgspec.structs.replace(cursor, key=row.key)


def _where(connection: Connection, query: Query) -> Sql:
    return where(query.criterion, Scope(query.type, "r", connection.flavour))


def _by_key(connection: Connection, query: Query, cursor: Cursor) -> list[tuple[int, int]]:
    condition = _where(connection, query)
    # Else the planner might walk all keys in order when an id or a time leads to few.
    key = "r.key" if leads_by_rows(query.criterion) else connection.flavour.unindexed("r.key")
    text = f"SELECT r.key, r.seq FROM resource r WHERE {condition.text} AND {key} > ? ORDER BY {key} LIMIT ?"  # noqa: S608  values are bound
    return list(connection.execute(text, (*condition.bound, cursor.key, query.limit + 1)))


def _by_sorts(connection: Connection, query: Query, cursor: Cursor) -> list[tuple[int, int]]:
    """Rows that stayed as they were, in the order of their index rows, merged with those written since the first page."""
    position = _position(connection, query, cursor.key, cursor.as_of) if cursor.key else None
    condition = _where(connection, query)
    ordered = in_order(query.sorts, condition, cursor, position, query.limit + 1)
    rows = [(tuple(places), key, seq) for key, seq, *places in connection.execute(*ordered)]
    if cursor.key:
        rows += _moved(connection, query, condition, cursor, position)
        by_place = compare(query.sorts)
        rows.sort(key=lambda row: by_place((*row[0], row[1])))
    return [(key, seq) for _, key, seq in rows]


def _moved(
    connection: Connection, query: Query, condition: Sql, cursor: Cursor, position: Position | None
) -> list[tuple[tuple[Any, ...], int, int]]:
    """Matches written since the first page that come behind the cursor, each at the place that it had then."""
    text = f"SELECT r.key, r.seq FROM resource r WHERE {condition.text} AND r.seq > ? AND r.key <= ? LIMIT ?"  # noqa: S608  values are bound
    found = list(connection.execute(text, (*condition.bound, cursor.as_of, cursor.newest_key, MAX_MOVED + 1)))
    if len(found) > MAX_MOVED:
        raise BadSearch(
            "Too much was written since the first page.",
            expected=f"at most {MAX_MOVED} of the matches",
            remedy="Begin the search again without a cursor.",
            reason="costly",
        )
    by_place = compare(query.sorts)
    placed = [(_position(connection, query, key, cursor.as_of), seq) for key, seq in found]
    behind = [(at, seq) for at, seq in placed if position is None or by_place(at) > by_place(position)]
    return [(at[:-1], at[-1], seq) for at, seq in behind]


def _position(connection: Connection, query: Query, key: int, as_of: int) -> Position:
    """The place that a resource had as of a write, the key at its end."""
    updated, body = connection.execute(_THEN, (key, as_of)).get or (None, b"")
    resource = decode(body) if body else {}
    rows = rows_of(resource) if resource else empty_rows()
    own = {"updated": updated, "id": resource.get("id")}
    return (*(own[sort.column] if sort.column in own else sort.of(rows) for sort in query.sorts), key)
