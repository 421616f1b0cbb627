"""What can be done inside one transaction of the record."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tabard.database import Connection, Flavour
from tabard.fhir import Resource, decode
from tabard.ground.time import Clock, from_us, to_us
from tabard.record import applied, index, notes, search
from tabard.record.baking import bake, content_of, digest_of, named
from tabard.record.known import Held, Known, Name
from tabard.record.model import Stored
from tabard.record.query import read_one

_MILLISECOND_US = 1000


class Writing:
    """What can be done inside one transaction; it sees its own writes. Made by `RecordWriter.transaction` only."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._known = Known()
        self._marks = applied.Marks(connection)
        self._last: tuple[int, int] | None = None
        """The last write's number and the newest resource's key, once they are known: nobody else writes meanwhile."""

    @property
    def last_written(self) -> int:
        """The number of the last write, where this transaction has written; else 0."""
        return 0 if self._last is None else self._last[0]

    def get(self, resource_type: str, resource_id: str) -> Resource | None:
        """The resource as it is now, a dict of the caller's own, or None."""
        held = self._held((resource_type, resource_id), with_body=True)
        return decode(held.body) if held is not None and held.body else None

    def look_up(self, names: Iterable[Name], notes_: Iterable[Name] = ()) -> None:
        """Look these resources up, by type and id, and these notes, by kind and key, all at once: what is then asked is quicker.

        Nothing depends on it; worth while before many puts to a server, as of a message or a Bundle.
        """
        if self._connection.flavour is not Flavour.POSTGRESQL:
            return
        known = self._known
        wanted = [name for name in dict.fromkeys(names) if not known.has(name)]
        noted = [name for name in dict.fromkeys(notes_) if not known.has_note(name)]
        asked = [*((_WHOLE, name) for name in wanted), *((notes.ONE, name) for name in noted)]
        found = [rows.get for rows in self._connection.several(asked)] if asked else []
        for name, row in zip(wanted, found, strict=False):
            known.hold(name, None if row is None else Held(*row))
        for name, value in zip(noted, found[len(wanted) :], strict=True):
            known.keep_note(name, value)

    def put(self, resource: Resource, source: str) -> Stored | None:
        """Keep `resource`, come by the link `source`, as its next version; None when it says what is already kept.

        The versionId, lastUpdated and source of its `meta` are the record's and are not compared; the rest of `meta`
        is content. One that was deleted is there again. Raises BadResource for a resource without a type or an id of
        FHIR's form, or with text that is no Unicode.
        """
        name = named(resource)
        content = content_of(resource)
        digest = digest_of(content)
        held = self._held(name)
        if held is not None and held.digest == digest:
            return None
        version, updated_us = self._next_of(held)
        stored = bake(content, version, from_us(updated_us), source)
        rows = index.rows_of(content)
        self._write(stored, _Row(updated_us, index.dated(content, rows), digest, rows), held)
        return stored

    def delete(self, resource_type: str, resource_id: str, source: str) -> Stored | None:
        """Delete the resource: its next version has no body. None where there is none, or it is deleted already.

        Its versions stay and are told by its history; no search gives it, and `get` is None.
        """
        held = self._held((resource_type, resource_id))
        if held is None or held.digest == _DELETED:
            return None
        version, updated_us = self._next_of(held)
        stored = Stored(resource_type, resource_id, version, from_us(updated_us), b"", source)
        self._write(stored, _Row(updated_us, None, _DELETED, index.NO_ROWS), held)
        return stored

    def find(self, resource_type: str, parameter: str, value: str) -> tuple[str, ...]:
        """The ids of the resources whose search `parameter` (with `:modifier` if wanted) has `value`, oldest first.

        `value` is one value as it is: commas and backslashes mean themselves; in a token the first `|` parts the system
        from the code. Raises BadSearch.
        """
        return search.ids_of(self._connection, read_one(resource_type, parameter, value))

    def mark_applied(self, seq: int) -> None:
        """Mark the journal's message `seq` as being in the record."""
        self._marks.mark(seq)

    def is_applied(self, seq: int) -> bool:
        """Whether the journal's message `seq` is in the record."""
        return self._marks.is_marked(seq)

    def noted(self, kind: str, key: str) -> bytes | None:
        """What was noted of `kind` under `key`, or None."""
        known = self._known
        if known.has_note((kind, key)):
            return known.note((kind, key))
        if self._connection.flavour is not Flavour.POSTGRESQL or known.is_kind_known(kind):
            return known.keep_note((kind, key), notes.read(self._connection, kind, key))
        value = self._look_at_kind(kind, key)
        return value if known.has_note((kind, key)) else known.keep_note((kind, key), value)

    def note(self, kind: str, key: str, value: bytes | None) -> None:
        """Note `value` of `kind` under `key`, in the place of what was noted; None takes the note away."""
        notes.write(self._connection, kind, key, value)
        self._known.keep_note((kind, key), value)

    def notes(self, kind: str, start: str = "", most: int | None = None) -> tuple[tuple[str, bytes], ...]:
        """Keys and values of the notes of `kind` whose key begins with `start`, in order of the keys; at most so many."""
        if self._connection.flavour is Flavour.POSTGRESQL and not self._known.is_kind_known(kind):
            self._look_at_kind(kind, start)
        found = self._known.beginning(kind, start, most)
        return notes.beginning(self._connection, kind, start, most) if found is None else found

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done inside is undone alone when an exception leaves it; the transaction goes on."""
        try:
            with self._connection.savepoint():
                yield
        except BaseException:
            self._last = None
            self._known.forget()
            self._marks.forget()
            raise

    def _look_at_kind(self, kind: str, key: str) -> bytes | None:
        """What one note says; with it, where there are few of its kind, all of them: most kinds are rare, and asked by each message."""
        few, one = self._connection.several(((notes.OF_KIND, (kind,)), (notes.ONE, (kind, key))))
        found: dict[str, bytes] = dict(few)
        self._known.keep_kind(kind, found if len(found) <= notes.FEW else None)
        value: bytes | None = one.get
        return value

    def _held(self, name: Name, *, with_body: bool = False) -> Held | None:
        known = self._known
        if known.has(name) and ((held := known.held(name)) is None or held.body is not None or not with_body):
            return held
        # On PostgreSQL the body at once, though only a change needs it: another way to the server would cost more.
        is_whole = with_body or self._connection.flavour is Flavour.POSTGRESQL
        row = self._connection.execute(_WHOLE if is_whole else _HELD, name).get
        return known.hold(name, None if row is None else Held(*row))

    def _numbers(self, *, is_new: bool) -> tuple[int, int]:
        """The number of this write, and the key of a new resource."""
        seq, key = self._last or self._connection.execute(_LAST).get
        self._last = (seq + 1, key + is_new)
        return self._last

    def _next_of(self, held: Held | None) -> tuple[int, int]:
        """The next version's number, and its time: never before the last one's, in milliseconds as the body tells it."""
        now_us = to_us(self._clock()) // _MILLISECOND_US * _MILLISECOND_US
        return (1, now_us) if held is None else (held.version + 1, max(now_us, held.updated_us))

    def _write(self, stored: Stored, row: "_Row", held: Held | None) -> None:
        execute = self._connection.execute
        seq, key = self._numbers(is_new=held is None)
        now = (seq, stored.version, row.updated_us, row.dated, row.digest, 0 if stored.body else 1)
        if held is None:
            before = index.NO_ROWS
            execute(_INSERT, (*now, stored.type, stored.id, key))
        else:
            key = held.key
            body = held.body if held.body is not None else execute(_BODY, (held.seq,)).get
            before = index.rows_of(decode(body)) if body else index.NO_ROWS
            execute(_UPDATE, (*now, key))
        execute(_ADD, (seq, key, stored.version, row.updated_us, row.dated, stored.source, stored.body))
        index.change_rows(self._connection, key, before, row.rows)
        now_held = Held(key, seq, stored.version, row.updated_us, row.digest, stored.body)
        self._known.hold((stored.type, stored.id), now_held)


class _Row(NamedTuple):
    """What is kept of a version beside what is told of it."""

    updated_us: int
    dated: int | None
    digest: bytes
    rows: index.Rows


_INSERT = (
    "INSERT INTO resource (seq, version, updated, dated, digest, gone, type, id, key)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE = "UPDATE resource SET seq = ?, version = ?, updated = ?, dated = ?, digest = ?, gone = ? WHERE key = ?"
_ADD = "INSERT INTO version (seq, key, version, updated, dated, source, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
_LAST = "SELECT coalesce(max(seq), 0), (SELECT coalesce(max(key), 0) FROM resource) FROM version"
_BODY = "SELECT body FROM version WHERE seq = ?"
_HELD = "SELECT key, seq, version, updated, digest FROM resource WHERE type = ? AND id = ?"
_WHOLE = (
    "SELECT r.key, r.seq, r.version, r.updated, r.digest, v.body FROM resource r JOIN version v ON v.seq = r.seq"
    " WHERE r.type = ? AND r.id = ?"
)
_DELETED = b""
"""The digest of what is deleted: of nothing that could be put, so that whatever is put next is a change."""
