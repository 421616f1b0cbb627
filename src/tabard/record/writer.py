"""The record's one writer: resources and the marks of applied messages, in transactions of its own making."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from tabard.database import Connection, Place, migrate, open_writer
from tabard.fhir import Resource, canonical, decode, encode
from tabard.ground.time import Clock, from_us, system_clock, to_instant, to_us
from tabard.record import applied, index, notes, search
from tabard.record.errors import BadResource
from tabard.record.model import Stored
from tabard.record.query import Query, read_condition
from tabard.record.schema import STEPS

_BAKED = ("versionId", "lastUpdated", "source")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_KEY_BYTES = 32
_MILLISECOND_US = 1000


class Writing:
    """What can be done inside one transaction; it sees its own writes. Made by `RecordWriter.transaction` only."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def get(self, resource_type: str, resource_id: str) -> Resource | None:
        """The resource as it is now, a dict of the caller's own, or None."""
        body = self._connection.execute(
            "SELECT v.body FROM resource r JOIN version v ON v.seq = r.seq WHERE r.type = ? AND r.id = ?",
            (resource_type, resource_id),
        ).get
        return None if body is None else decode(body)

    def put(self, resource: Resource, source: str) -> Stored | None:
        """Keep `resource`, come by the link `source`, as its next version; None when it says what is already kept.

        The versionId, lastUpdated and source of its `meta` are the record's and are not compared; the rest of `meta`
        is content. Raises BadResource for a resource without a type or an id of FHIR's form.
        """
        resource_type, resource_id = _named(resource)
        content = _content(resource)
        digest = sha256(canonical(content)).digest()
        held = self._connection.execute(
            "SELECT key, seq, version, updated, digest FROM resource WHERE type = ? AND id = ?",
            (resource_type, resource_id),
        ).get
        if held is not None and held[4] == digest:
            return None
        key, seq, version, before_us = held[:4] if held else (None, None, 0, 0)
        updated_us = max(to_us(self._clock()) // _MILLISECOND_US * _MILLISECOND_US, before_us)
        stored = _bake(content, version + 1, from_us(updated_us), source)
        self._write(content, stored, updated_us, digest, key, seq)
        return stored

    def find(self, resource_type: str, parameter: str, value: str) -> tuple[str, ...]:
        """The ids of the resources whose search `parameter` (with `:modifier` if wanted) has `value`, oldest first.

        `value` is one value as it is: commas and backslashes mean themselves; in a token the first `|` parts the system
        from the code. Raises BadSearch.
        """
        condition = read_condition(resource_type, parameter, value)
        return search.ids_of(self._connection, Query(resource_type, (condition,), (), None, 0, has_total=False))

    def mark_applied(self, seq: int) -> None:
        """Mark the journal's message `seq` as being in the record."""
        applied.mark(self._connection, seq)

    def is_applied(self, seq: int) -> bool:
        """Whether the journal's message `seq` is in the record."""
        return applied.is_marked(self._connection, seq)

    def noted(self, kind: str, key: str) -> bytes | None:
        """What was noted of `kind` under `key`, or None."""
        return notes.read(self._connection, kind, key)

    def note(self, kind: str, key: str, value: bytes | None) -> None:
        """Note `value` of `kind` under `key`, in the place of what was noted; None takes the note away."""
        notes.write(self._connection, kind, key, value)

    def notes(self, kind: str, start: str = "", most: int | None = None) -> tuple[tuple[str, bytes], ...]:
        """Keys and values of the notes of `kind` whose key begins with `start`, in order of the keys; at most so many."""
        return notes.beginning(self._connection, kind, start, most)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done inside is undone alone when an exception leaves it; the transaction goes on."""
        with self._connection.savepoint():
            yield

    def _write(
        self, content: Resource, stored: Stored, updated_us: int, digest: bytes, key: int | None, old_seq: int | None
    ) -> None:
        execute = self._connection.execute
        rows = index.rows_of(content)
        dated = index.dated(content, rows)
        seq = execute("SELECT coalesce(max(seq), 0) + 1 FROM version").get
        now = (seq, stored.version, updated_us, dated, digest)
        if key is None:
            before = index.NO_ROWS
            key = execute(
                "INSERT INTO resource (seq, version, updated, dated, digest, type, id) VALUES (?, ?, ?, ?, ?, ?, ?)"
                " RETURNING key",
                (*now, stored.type, stored.id),
            ).get
        else:
            before = index.rows_of(decode(execute("SELECT body FROM version WHERE seq = ?", (old_seq,)).get))
            execute(
                "UPDATE resource SET seq = ?, version = ?, updated = ?, dated = ?, digest = ? WHERE key = ?",
                (*now, key),
            )
        execute(
            "INSERT INTO version (seq, key, version, updated, dated, source, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (seq, key, stored.version, updated_us, dated, stored.source, stored.body),
        )
        index.change_rows(self._connection, key, before, rows)


class RecordWriter:
    """The record of one hospital, opened for writing; its tables are made when they are not there. For one thread."""

    def __init__(self, place: Place, clock: Clock = system_clock, *, durable: bool = True) -> None:
        self._connection = open_writer(place, durable=durable)
        self._clock = clock
        migrate(self._connection, STEPS)
        with self.transaction():
            _make_ready(self._connection)

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        """All that is done inside is kept, durably, when it ends; nothing of it when an exception leaves it."""
        with self._connection.transaction():
            yield Writing(self._connection, self._clock)

    def close(self) -> None:
        """Give it back. Closing twice is fine."""
        self._connection.close()


def _named(resource: Resource) -> tuple[str, str]:
    found: tuple[Any, Any] = resource.get("resourceType"), resource.get("id")
    for value, form, where in zip(found, (_TYPE, _ID), ("resourceType", "id"), strict=True):
        if not isinstance(value, str) or form.fullmatch(value) is None:
            raise BadResource("This is no resource to keep.", where=where, expected=form.pattern)
    if not isinstance(resource.get("meta", {}), dict):
        raise BadResource("This is no resource to keep.", where="meta", expected="an object")
    return found


def _content(resource: Resource) -> Resource:
    """The resource without what the record itself writes into `meta`; `meta` goes when nothing is left in it."""
    meta = {key: value for key, value in resource.get("meta", {}).items() if key not in _BAKED}
    content = {key: value for key, value in resource.items() if key != "meta"}
    return content | {"meta": meta} if meta else content


def _bake(content: Resource, version: int, updated: datetime, source: str) -> Stored:
    resource_type, resource_id = content["resourceType"], content["id"]
    meta = {"versionId": str(version), "lastUpdated": to_instant(updated), "source": source, **content.get("meta", {})}
    head = {"resourceType": resource_type, "id": resource_id, "meta": meta}  # in this order, as readers expect
    body = encode(head | content | {"meta": meta})
    return Stored(resource_type, resource_id, version, updated, body, source)


def _make_ready(connection: Connection) -> None:
    """The cursors' key, made once; the index, made anew when another edition of Tabard made it."""
    connection.execute(
        "INSERT INTO about (name, value) VALUES ('cursor_key', ?) ON CONFLICT (name) DO NOTHING",
        (secrets.token_bytes(_KEY_BYTES),),
    )
    if connection.execute("SELECT value FROM about WHERE name = 'index'").get == index.edition():
        return
    index.clear(connection)
    for key, seq in list(connection.execute("SELECT key, seq FROM resource")):
        resource = decode(connection.execute("SELECT body FROM version WHERE seq = ?", (seq,)).get)
        rows = index.rows_of(resource)
        index.change_rows(connection, key, index.NO_ROWS, rows)
        dated = index.dated(resource, rows)
        connection.execute("UPDATE resource SET dated = ? WHERE key = ?", (dated, key))
        connection.execute("UPDATE version SET dated = ? WHERE seq = ?", (dated, seq))
    connection.execute(
        "INSERT INTO about (name, value) VALUES ('index', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (index.edition(),),
    )
