"""Ordering: the matches of a sorted search from a place on, as SQL over the index tables."""

from collections.abc import Iterator, Sequence

from tabard.record.conditions import Binding, Sql, numbered
from tabard.record.cursor import Cursor
from tabard.record.sort_parameters import Position, Sort

_BY_KEY = {"date", "number", "quantity"}
"""Kinds whose rows are found from a resource; of others all rows of the parameter are gone through once."""


def in_order(
    sorts: Sequence[Sort], condition: Sql, cursor: Cursor, position: Position | None, limit: int
) -> tuple[str, tuple[Binding, ...]]:
    """Key, seq and places of the next `limit` of those that were not written since the cursor's first page."""
    matched = Sql(
        f"SELECT r.key, r.seq, r.id, r.updated, r.dated FROM resource r WHERE {condition.text} AND r.key <= ? AND r.seq <= ?",  # noqa: S608  values are bound
        (*condition.bound, cursor.newest_key, cursor.as_of),
    )
    places = [_place(sort, at) for at, sort in enumerate(sorts)]
    joins = [_join(sort, at) for at, sort in enumerate(sorts) if not sort.column and sort.kind not in _BY_KEY]
    names = [f"p{at}" for at in range(len(sorts))]
    beyond = Sql("TRUE") if position is None else _beyond(list(zip(sorts, names, position, strict=False)), position[-1])
    order = ", ".join(_order(sort, name) for sort, name in zip(sorts, names, strict=True))
    columns = ", ".join(f"{place.text} AS {name}" for place, name in zip(places, names, strict=True))
    text = (
        f"WITH matched AS MATERIALIZED ({matched.text}) SELECT key, seq, {', '.join(names)} FROM"  # noqa: S608  values are bound
        f" (SELECT m.key AS key, m.seq AS seq, {columns} FROM matched m{''.join(each.text for each in joins)}) AS placed"
        f" WHERE {beyond.text} ORDER BY {order}, key LIMIT ?"
    )
    pieces = (matched, *places, *joins, beyond)
    return text, (*(value for each in pieces for value in each.bound), limit)


def _place(sort: Sort, at: int) -> Sql:
    """The lowest value of a match."""
    if sort.column:
        return Sql(f"m.{sort.column}")
    if sort.kind not in _BY_KEY:
        return Sql(f"s{at}.place")
    places = numbered(sort.numbers)
    return Sql(f"(SELECT min({sort.value}) FROM {sort.kind} WHERE {places.text} AND key = m.key)", places.bound)  # noqa: S608  values are bound


def _join(sort: Sort, at: int) -> Sql:
    places = numbered(sort.numbers)
    only = " AND type = ?" if sort.only else ""
    return Sql(
        f" LEFT JOIN (SELECT key, min({sort.value}) AS place FROM {sort.kind} WHERE {places.text}{only}"  # noqa: S608  values are bound
        f" AND key IN (SELECT key FROM matched) GROUP BY key) AS s{at} ON s{at}.key = m.key",
        (*places.bound, *([sort.only] if sort.only else [])),
    )


def _order(sort: Sort, name: str) -> str:
    return f"{name} IS NULL, {name}{' DESC' if sort.is_descending else ''}"


def _beyond(left: list[tuple[Sort, str, object]], key: int) -> Sql:
    """Rows past the position; those without a value come last, in either direction."""
    if not left:
        return Sql("key > ?", (key,))
    (sort, name, value), *others = left
    rest = _beyond(others, key)
    if value is None:
        return Sql(f"({name} IS NULL AND {rest.text})", rest.bound)
    passed = "<" if sort.is_descending else ">"
    bound = tuple(_bound(value))
    return Sql(f"({name} {passed} ? OR {name} IS NULL OR {name} = ? AND {rest.text})", (*bound, *bound, *rest.bound))


def _bound(value: object) -> Iterator[Binding]:
    assert isinstance(value, str | int | float)  # noqa: S101  what index rows hold
    yield value
