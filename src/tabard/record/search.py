"""Search: a query carried out on one connection, page by page.

Order and paging. Without `_sort` rows come in the order in which resources were first kept, which never changes. With
`_sort` each row keeps, from the first page to the last, the place that it had when the first page was made: the cursor
carries that write's number, and of a row written since, the older version's place is looked up. So whatever changes
between two pages, a resource that matched throughout comes exactly once.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tabard.database import Connection, Flavour
from tabard.record.conditions import Condition, Sql
from tabard.record.cursor import Cursor
from tabard.record.query import Query, Sort


class Row(NamedTuple):
    """A match: its key, its place in the order, and its version's number in the feed."""

    key: int
    position: int | None
    seq: int


class Slice(NamedTuple):
    """The rows of one page, and whether more follow."""

    rows: tuple[Row, ...]
    has_more: bool


_PLACE_THEN = "(SELECT v.{column} FROM version v WHERE v.key = r.key AND v.seq <= ? ORDER BY v.version DESC LIMIT 1)"


def where(query: Query, flavour: Flavour) -> Sql:
    """The condition, on `resource` named r, that all of the query holds."""
    pieces = [_of_type(query, flavour)]
    pieces += [_lead(each) if place == 0 else _also(each, flavour) for place, each in enumerate(query.conditions)]
    return _join(" AND ", pieces)


def count_matches(connection: Connection, query: Query) -> int:
    """How many resources match now."""
    condition = where(query, connection.flavour)
    return int(connection.execute(f"SELECT count(*) FROM resource r WHERE {condition.text}", condition.bound).get)  # noqa: S608  values are bound


def ids_of(connection: Connection, query: Query) -> tuple[str, ...]:
    """The ids of all that match now, oldest resource first."""
    condition = where(query, connection.flavour)
    found = connection.execute(f"SELECT r.id FROM resource r WHERE {condition.text} ORDER BY r.key", condition.bound)  # noqa: S608  values are bound
    return tuple(each for (each,) in found)


def start(connection: Connection, query: Query, digest: bytes) -> Cursor:
    """The cursor before the first page, as of the last write where the order asks for that."""
    if query.sort is None:
        return Cursor(digest, 0, 0, None, 0)
    as_of, newest = connection.execute(
        "SELECT coalesce(max(seq), 0), (SELECT coalesce(max(key), 0) FROM resource) FROM version"
    ).get
    return Cursor(digest, as_of, newest, None, 0)


def take(connection: Connection, query: Query, cursor: Cursor) -> Slice:
    """The next `query.limit` rows after `cursor`."""
    condition = where(query, connection.flavour)
    if query.sort is None:
        # Else the planner might walk all keys in order when an id or a time leads to few.
        is_led = bool(query.conditions) and query.conditions[0].table is None
        key = connection.flavour.unindexed("r.key") if is_led else "r.key"
        text = f"SELECT r.key, NULL, r.seq FROM resource r WHERE {condition.text} AND {key} > ? ORDER BY {key} LIMIT ?"  # noqa: S608  values are bound
        bound = (*condition.bound, cursor.key, query.limit + 1)
    else:
        text, bound = _sorted(query.sort, condition, cursor, query.limit + 1)
    rows = tuple(Row(*each) for each in connection.execute(text, bound))
    return Slice(rows[: query.limit], len(rows) > query.limit)


def after(cursor: Cursor, row: Row) -> Cursor:
    """The cursor behind `row`, of the same search as `cursor`."""
    return msgspec.structs.replace(cursor, position=row.position, key=row.key)


def _sorted(sort: Sort, condition: Sql, cursor: Cursor, limit: int) -> Sql:
    column, is_descending = sort
    then = _PLACE_THEN.format(column=column)
    place = f"CASE WHEN r.seq > ? THEN {then} ELSE r.{column} END"
    inner = f"SELECT r.key, {place} AS place, r.seq FROM resource r WHERE {condition.text} AND r.key <= ?"  # noqa: S608  values are bound
    bound = (cursor.as_of, cursor.as_of, *condition.bound, cursor.newest_key)
    beyond = _after(cursor, "<" if is_descending else ">")
    order = f"place IS NULL, place{' DESC' if is_descending else ''}, key"
    text = f"SELECT key, place, seq FROM ({inner}) AS placed WHERE {beyond.text} ORDER BY {order} LIMIT ?"  # noqa: S608  values are bound
    return Sql(text, (*bound, *beyond.bound, limit))


def _after(cursor: Cursor, beyond: str) -> Sql:
    """Rows past the cursor; those without a place come last, in either direction."""
    if cursor.key == 0:
        return Sql("TRUE", ())
    if cursor.position is None:
        return Sql("place IS NULL AND key > ?", (cursor.key,))
    at = cursor.position
    return Sql(f"(place {beyond} ? OR place = ? AND key > ? OR place IS NULL)", (at, at, cursor.key))


def _of_type(query: Query, flavour: Flavour) -> Sql:
    # Else the planner might start at the type when a condition leads to far fewer resources.
    leads = bool(query.conditions) and query.conditions[0].table is not None
    return Sql(f"{flavour.unindexed('r.type') if leads else 'r.type'} = ? AND r.gone = 0", (query.type,))


def _lead(condition: Condition) -> Sql:
    """The first condition: the resources that its rows name."""
    if condition.table is None:
        return _join(" OR ", condition.pieces)
    select = f"SELECT key FROM {condition.table} WHERE {{}}"  # noqa: S608  values are bound
    found = _join(" UNION ALL ", [Sql(select.format(each.text), each.bound) for each in condition.pieces])
    return Sql(f"r.key IN ({found.text[1:-1]})", found.bound)


def _also(condition: Condition, flavour: Flavour) -> Sql:
    """A further condition: whether a resource at hand has such a row."""
    if condition.table is None or condition.is_scan:
        return _lead(condition)
    has_row = flavour.has_row(f"SELECT 1 FROM {condition.table} WHERE key = r.key AND {{}}")  # noqa: S608  values are bound
    return _join(" OR ", [Sql(has_row.format(each.text), each.bound) for each in condition.pieces])


def _join(by: str, pieces: Iterable[Sql]) -> Sql:
    pieces = tuple(pieces)
    return Sql(f"({by.join(each.text for each in pieces)})", tuple(value for each in pieces for value in each.bound))
