"""Paging: one page of a search with what comes along, its total, and the cursor of the next."""

from tabard.database import Connection
from tabard.record import search
from tabard.record.cursor import seal, unseal
from tabard.record.including import included
from tabard.record.model import Page
from tabard.record.query import Query
from tabard.record.rows import made


def page_of(connection: Connection, query: Query, digest: bytes, cursor: str | None) -> Page:
    """The page behind `cursor`, the first one without; all of it as of one commit. Raises BadSearch."""
    with connection.snapshot():
        return _page(connection, query, digest, cursor)


def _page(connection: Connection, query: Query, digest: bytes, cursor: str | None) -> Page:
    key = connection.execute("SELECT value FROM about WHERE name = 'cursor_key'").get
    at = search.start(connection, query, digest) if cursor is None else unseal(key, cursor, digest)
    rows, has_more = search.take(connection, query, at)
    matches = tuple(made(row.told) for row in rows)
    return Page(
        matches,
        included(connection, matches, query.includes),
        seal(key, search.after(at, rows[-1])) if has_more and rows else None,
        _total(connection, query, is_whole=cursor is None and not has_more, found=len(rows)),
    )


def _total(connection: Connection, query: Query, *, is_whole: bool, found: int) -> int | None:
    if not query.has_total:
        return None
    return found if is_whole else search.count_matches(connection, query)
