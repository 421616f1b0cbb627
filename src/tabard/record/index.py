"""The search index: which rows a resource has, and the least writing that brings them up to date."""

from tabard.database import Connection
from tabard.fhir import Resource
from tabard.fhir.indexing import EDITION, probes
from tabard.fhir.search_parameters import Kind, parameters_of, table_digest

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
    for first, parameter, walk, read in probes(resource["resourceType"]):
        if first in resource:
            found = rows[parameter.kind]
            number = parameter.number
            for element in walk(resource):
                for a, b in read(element):
                    found.add((number, a, b))  # type: ignore[arg-type]  # a kind's values are of one type
    return rows


def dated(resource: Resource, rows: Rows) -> int | None:
    """Where the resource's `date` parameter begins, for sorting by it."""
    parameter = parameters_of(resource["resourceType"]).get("date")
    if parameter is None:
        return None
    return min((row[1] for row in rows["date"] if row[0] == parameter.number), default=None)  # type: ignore[return-value]  # dates are numbers


def change_rows(connection: Connection, key: int, before: Rows, after: Rows) -> None:
    """Make the rows of `key`, now `before`, into `after`. An update touches few values, so few rows are written."""
    for kind, rows in after.items():
        if gone := before[kind] - rows:
            connection.executemany(_DELETE[kind], [(*row, key) for row in gone])
        if new := rows - before[kind]:
            connection.executemany(_INSERT[kind], [(*row, key) for row in new])


def clear(connection: Connection) -> None:
    """Empty the index."""
    for kind in _COLUMNS:
        connection.execute(f"DELETE FROM {kind}")  # noqa: S608  our own names
