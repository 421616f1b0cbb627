"""The search index: which rows a resource has, and the least writing that brings them up to date."""

from tabard.database import Connection
from tabard.fhir import Resource
from tabard.fhir.indexing import COLUMNS, EDITION, Rows, empty_rows, rows_of
from tabard.fhir.search_parameters import Kind, parameters_of, table_digest

__all__ = ["NO_ROWS", "Rows", "change_rows", "clear", "dated", "edition", "rows_of"]


def _insert(kind: Kind) -> str:
    names = ("parameter", *COLUMNS[kind], "place", "key")
    return f"INSERT INTO {kind} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608  our own names


def _delete(kind: Kind) -> str:
    names = ("parameter", *COLUMNS[kind], "place", "key")
    return f"DELETE FROM {kind} WHERE {' AND '.join(f'{name} = ?' for name in names)}"  # noqa: S608  our own names


_INSERT = {kind: _insert(kind) for kind in COLUMNS}
_DELETE = {kind: _delete(kind) for kind in COLUMNS}
NO_ROWS: Rows = empty_rows()


def edition() -> bytes:
    """Which table and which code made an index; rows of another edition must not be mixed with ours."""
    return EDITION.to_bytes(4, "big") + table_digest()


def dated(resource: Resource, rows: Rows) -> int | None:
    """Where the resource's `date` parameter begins, for sorting by it."""
    parameter = parameters_of(resource["resourceType"]).get("date")
    if parameter is None or parameter.kind != "date":
        return None
    numbers = {place.number for place in parameter.places}
    return min((row[1] for row in rows["date"] if row[0] in numbers), default=None)


def change_rows(connection: Connection, key: int, before: Rows, after: Rows) -> None:
    """Make the rows of `key`, now `before`, into `after`. An update touches few values, so few rows are written."""
    for kind, rows in after.items():
        if gone := before[kind] - rows:
            connection.executemany(_DELETE[kind], [(*row, key) for row in gone])
        if new := rows - before[kind]:
            connection.executemany(_INSERT[kind], [(*row, key) for row in new])


def clear(connection: Connection) -> None:
    """Empty the index."""
    for kind in COLUMNS:
        connection.execute(f"DELETE FROM {kind}")  # noqa: S608  our own names
