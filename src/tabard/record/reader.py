"""The record's readers: committed data only, from any thread."""

from collections.abc import Sequence
from datetime import datetime

from tabard.database import Connection, Place, open_readers
from tabard.ground.errors import InternalError
from tabard.ground.time import from_us
from tabard.record import applied, index, notes, walking
from tabard.record.cursor import digest_query
from tabard.record.model import Change, Page, Scanned, Stored
from tabard.record.paging import page_of
from tabard.record.query import Added, MayReach, Pair, read_query
from tabard.record.rows import COLUMNS, made, made_if

_READ = f"SELECT {COLUMNS} FROM resource r JOIN version v ON v.seq = r.seq WHERE r.type = ? AND r.id = ?"  # noqa: S608  our own names
_VERSIONS = f"SELECT {COLUMNS} FROM resource r JOIN version v ON v.key = r.key WHERE r.type = ? AND r.id = ?"  # noqa: S608  our own names
_READ_VERSION = f"{_VERSIONS} AND v.version = ?"
_HISTORY = f"{_VERSIONS} ORDER BY v.version DESC"
_CHANGES = (
    "SELECT v.seq, r.type, r.id, v.version, v.updated FROM version v JOIN resource r ON r.key = v.key"
    " WHERE v.seq > ? ORDER BY v.seq LIMIT ?"
)


class RecordReader:
    """The record of one hospital, opened for reading. `RecordWriter` must have made it. Any thread may call."""

    def __init__(self, place: Place) -> None:
        self._readers = open_readers(place, _check_edition)

    def read(self, resource_type: str, resource_id: str) -> Stored | None:
        """The resource as last committed, or None; of one that was deleted, the version that says so."""
        return self._readers.run(_read, resource_type, resource_id)

    def read_version(self, resource_type: str, resource_id: str, version: int) -> Stored | None:
        """One version of a resource (from 1), or None."""
        return self._readers.run(_read_version, resource_type, resource_id, version)

    def history(self, resource_type: str, resource_id: str) -> tuple[Stored, ...]:
        """All versions, newest first; empty when there was never such a resource."""
        return self._readers.run(_history, resource_type, resource_id)

    def history_of_type(
        self,
        resource_type: str,
        since: datetime | None = None,
        cursor: str | None = None,
        count: int | None = None,
    ) -> Page:
        """One page of all versions of all resources of a type, newest first, only those at or after `since`.

        Deletions are among them. `count` is 1 to MAX_COUNT. No version comes twice or is left out, whatever is written
        between two pages; `total` is None. Raises BadSearch for a cursor of another history.
        """
        return self._readers.run(walking.history, resource_type, since, cursor, count)

    def history_of_all(
        self, since: datetime | None = None, cursor: str | None = None, count: int | None = None
    ) -> Page:
        """One page of all versions of everything; as `history_of_type`."""
        return self._readers.run(walking.history, None, since, cursor, count)

    def scan(
        self, resource_type: str, since: datetime | None = None, after_key: int = 0, limit: int = 1000
    ) -> tuple[Scanned, ...]:
        """At most `limit` resources of a type as they are now, in the order in which they were first kept; for bulk reading.

        Only those changed at or after `since`. Go on with the last one's `key` as `after_key`: one that was there from the
        beginning to the end comes exactly once. Deleted ones do not come.
        """
        return self._readers.run(walking.scan, resource_type, since, after_key, limit)

    def search(
        self,
        resource_type: str,
        parameters: Sequence[Pair],
        *,
        count: int | None = None,
        cursor: str | None = None,
        within: Sequence[Added] = (),
        may_reach: MayReach | None = None,
    ) -> Page:
        """One page of what matches all of `parameters` and all of `within`, as of one commit.

        `within` is for what the caller adds by right and not by wish: a cursor is bound to `parameters`, while `within` may
        be narrower or wider on the next page. `may_reach` tells for each type that a chain, `_has`, `_include` or
        `_revinclude` goes through what must hold of it, or None where it may not; without it there are no chains, no
        `_has`, no `_revinclude` and no iteration. `count` (0 to MAX_COUNT) and `_count` both bound the page; of 0 comes
        the total alone. Raises BadSearch naming what is not understood.
        """
        query = read_query(resource_type, parameters, count, within=within, may_reach=may_reach)
        digest = digest_query(resource_type, [pair for pair in parameters if pair[0] != "_count"])
        return self._readers.run(page_of, query, digest, cursor)

    def changes(self, after: int, limit: int) -> tuple[Change, ...]:
        """At most `limit` writes later than the write numbered `after` (0: from the first), in order."""
        return self._readers.run(_changes, after, limit)

    def last_change(self) -> int:
        """The number of the last write; 0 before the first."""
        return self._readers.run(_last_change)

    def applied_to(self) -> int:
        """The highest of the journal's numbers that is in the record; 0 before the first."""
        return self._readers.run(applied.marked_to)

    def has_note(self, kind: str, start: str = "") -> bool:
        """Whether there is a note of a kind, or one whose key begins with `start`. Quick."""
        return self._readers.run(notes.is_any, kind, start)

    def close(self) -> None:
        """Give all back, once no thread reads any more."""
        self._readers.close()


def _check_edition(connection: Connection) -> None:
    if connection.execute("SELECT value FROM about WHERE name = 'index'").get != index.edition():
        raise InternalError(
            "The record's index was made by another edition.",
            where=connection.told(),
            remedy="Open the record for writing first.",
        )


def _read(connection: Connection, resource_type: str, resource_id: str) -> Stored | None:
    return made_if(connection.execute(_READ, (resource_type, resource_id)).get)


def _read_version(connection: Connection, resource_type: str, resource_id: str, version: int) -> Stored | None:
    return made_if(connection.execute(_READ_VERSION, (resource_type, resource_id, version)).get)


def _history(connection: Connection, resource_type: str, resource_id: str) -> tuple[Stored, ...]:
    return tuple(made(row) for row in connection.execute(_HISTORY, (resource_type, resource_id)))


def _changes(connection: Connection, after: int, limit: int) -> tuple[Change, ...]:
    rows = connection.execute(_CHANGES, (after, max(limit, 0)))
    return tuple(Change(seq, kind, found, version, from_us(at)) for seq, kind, found, version, at in rows)


def _last_change(connection: Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM version").get)
