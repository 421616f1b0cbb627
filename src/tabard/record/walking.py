"""Going through the record: the history of a type or of everything, newest first, and all of a type, for bulk reading.

A history is told by the feed's numbers, downwards: what is written between two pages is newer than all that is still to
come, so pages put together hold each version once.
"""

from datetime import datetime
from typing import Any

from tabard.database import Connection
from tabard.ground.time import to_us
from tabard.record.cursor import Cursor, digest_query, seal, unseal
from tabard.record.model import Page, Scanned
from tabard.record.query import DEFAULT_COUNT, MAX_COUNT
from tabard.record.rows import COLUMNS, made

_MOST_SCANNED = 10_000
_NEAR = 2000
_END = 2**62
_BODIES = f"SELECT {COLUMNS}, v.seq FROM version v JOIN resource r ON r.key = v.key WHERE v.seq"  # noqa: S608  our own names
_OF_ALL = f"{_BODIES} < ? AND v.updated >= ? ORDER BY v.seq DESC LIMIT ?"
_OF_NEAR = f"{_BODIES} < ? AND v.seq >= ? AND v.updated >= ? AND r.type = ? ORDER BY v.seq DESC LIMIT ?"
_SEQS = (
    "SELECT w.seq FROM resource q JOIN version w ON w.key = q.key"
    " WHERE q.type = ? AND w.seq < ? AND w.updated >= ? ORDER BY w.seq DESC LIMIT ?"
)
_OF_TYPE = f"{_BODIES} IN ({_SEQS}) ORDER BY v.seq DESC"
_SCAN = (
    f"SELECT {COLUMNS}, r.key FROM resource r JOIN version v ON v.seq = r.seq"  # noqa: S608  our own names
    " WHERE r.type = ? AND r.gone = 0 AND r.updated >= ? AND r.key > ? ORDER BY r.key LIMIT ?"
)


def history(
    connection: Connection, resource_type: str | None, since: datetime | None, cursor: str | None, count: int | None
) -> Page:
    """One page of versions, newest first; of all types where none is named."""
    key = connection.execute("SELECT value FROM about WHERE name = 'cursor_key'").get
    from_us = 0 if since is None else to_us(since)
    digest = digest_query(f"history of {resource_type or ''}", [("_since", str(from_us))])
    at = Cursor(digest, 0, 0, _END) if cursor is None else unseal(key, cursor, digest)
    limit = DEFAULT_COUNT if count is None else max(1, min(count, MAX_COUNT))
    rows = _versions(connection, resource_type, at.key, from_us, limit + 1)
    more = len(rows) > limit
    return Page(
        tuple(made(row[:-1]) for row in rows[:limit]),
        (),
        seal(key, Cursor(digest, 0, 0, rows[limit - 1][-1])) if more else None,
        None,
    )


def scan(
    connection: Connection, resource_type: str, since: datetime | None, after_key: int, limit: int
) -> tuple[Scanned, ...]:
    """The next resources of a type as they are now, by key."""
    from_us = 0 if since is None else to_us(since)
    bound = (resource_type, from_us, after_key, max(0, min(limit, _MOST_SCANNED)))
    return tuple(Scanned(row[-1], made(row[:-1])) for row in connection.execute(_SCAN, bound))


def _versions(
    connection: Connection, resource_type: str | None, before: int, from_us: int, limit: int
) -> list[tuple[Any, ...]]:
    """The newest `limit` before the write numbered `before`.

    Most types are met often enough that a short way down the feed fills a page; only for a rare one is it worth while to
    gather all its versions.
    """
    if resource_type is None:
        return list(connection.execute(_OF_ALL, (before, from_us, limit)))
    last = connection.execute("SELECT coalesce(max(seq), 0) FROM version").get
    down_to = min(before, last + 1) - _NEAR
    near = list(connection.execute(_OF_NEAR, (before, down_to, from_us, resource_type, limit)))
    if len(near) == limit or down_to <= 1:
        return near
    return list(connection.execute(_OF_TYPE, (resource_type, before, from_us, limit)))
