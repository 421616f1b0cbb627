"""The search index: which rows a resource has, and the least writing that brings them up to date."""

import apsw

from tabard.fhir import Resource
from tabard.fhir.indexing import EDITION, finders
from tabard.fhir.search_parameters import Kind, table_digest

Row = tuple[int, str, str] | tuple[int, int, int]
Rows = dict[Kind, set[Row]]

_COLUMNS: dict[Kind, tuple[str, str]] = {
    "token": ("code", "system"),
    "string": ("folded", "text"),
    "date": ("low", "high"),
    "reference": ("target", "type"),
}


def _insert(kind: Kind) -> str:
    first, second = _COLUMNS[kind]
    return f"INSERT INTO {kind} (parameter, {first}, {second}, key) VALUES (?, ?, ?, ?)"  # noqa: S608  our own names


def _delete(kind: Kind) -> str:
    first, second = _COLUMNS[kind]
    return f"DELETE FROM {kind} WHERE parameter = ? AND {first} = ? AND {second} = ? AND key = ?"  # noqa: S608  our own names


_INSERT = {kind: _insert(kind) for kind in _COLUMNS}
_DELETE = {kind: _delete(kind) for kind in _COLUMNS}
NO_ROWS: Rows = {kind: set() for kind in _COLUMNS}


def edition() -> bytes:
    """Which table and which code made an index; rows of another edition must not be mixed with ours."""
    return EDITION.to_bytes(4, "big") + table_digest()


def rows_of(resource: Resource) -> Rows:
    """The index rows of a resource, without its key."""
    rows: Rows = {kind: set() for kind in _COLUMNS}
    for parameter, find in finders(resource["resourceType"]):
        number = parameter.number
        rows[parameter.kind].update([(number, *value) for value in find(resource)])
    return rows


def dated(resource: Resource, rows: Rows) -> int | None:
    """Where the resource's `date` parameter begins, for sorting by it."""
    for parameter, _ in finders(resource["resourceType"]):
        if parameter.name == "date":
            return min((row[1] for row in rows["date"] if row[0] == parameter.number), default=None)  # type: ignore[return-value]  # dates are numbers
    return None


def change_rows(connection: apsw.Connection, key: int, before: Rows, after: Rows) -> None:
    """Make the rows of `key`, now `before`, into `after`. An update touches few values, so few rows are written."""
    for kind, rows in after.items():
        old = before[kind]
        if rows != old:
            connection.executemany(_DELETE[kind], [(*row, key) for row in old - rows])
            connection.executemany(_INSERT[kind], [(*row, key) for row in rows - old])


def clear(connection: apsw.Connection) -> None:
    """Empty the index."""
    for kind in _COLUMNS:
        connection.execute(f"DELETE FROM {kind}")  # noqa: S608  our own names
