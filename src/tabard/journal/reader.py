"""The reading end: what waits, what became of each message, and counts. Any thread may use it."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from tabard.database import read_only
from tabard.ground.errors import NotFound
from tabard.ground.time import from_us
from tabard.journal.model import Backlog, Entry, State, Waiting

_NOT_MARKED = "NOT EXISTS (SELECT 1 FROM mark WHERE mark.seq = message.seq)"
_BACKLOG = f"FROM message WHERE seq > (SELECT settled_to FROM progress) AND seq > ? AND {_NOT_MARKED} ORDER BY seq"  # noqa: S608  constants only
_ENTRY = (
    "SELECT message.seq, link, received, peer, control_id, sender, event, coalesce(mark.state, 'waiting'), reason, detail,"
    " remedy, trim(message.flags || ' ' || coalesce(mark.flags, '')), ack_code, size_bytes, first, handled"
)
_REASONS = "SELECT reason, count(*) FROM mark WHERE state = ? AND reason IS NOT NULL GROUP BY reason ORDER BY reason"
_REASONS_OF_LINK = (
    "SELECT reason, count(*) FROM mark CROSS JOIN message USING (seq) WHERE state = ? AND reason IS NOT NULL AND link = ?"
    " GROUP BY reason ORDER BY reason"
)
_COUNTED = ("received", *(state.value for state in State))
_MAX_ENTRIES = 1000
_MOST_BYTES = 16 * 1024 * 1024


class JournalReader:
    """Reads a journal file; each call sees the last commit. Each thread gets a connection of its own, opened when first used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def waiting(self, limit: int, *, after: int = 0, limit_bytes: int = _MOST_BYTES) -> tuple[Waiting, ...]:
        """The next messages to apply, oldest first, numbered higher than `after`.

        At most `limit`, and only the first where it would be more than `limit_bytes` with the next.
        """
        rows = self._rows(f"SELECT seq, link, received, raw {_BACKLOG} LIMIT ?", (after, limit))
        found: list[Waiting] = []
        size = 0
        for seq, link, received, raw in rows:
            size += len(raw)
            if found and size > limit_bytes:
                break
            found.append(Waiting(seq, link, from_us(received), raw))
        rows.close()
        return tuple(found)

    def backlog(self) -> Iterator[Backlog]:
        """All messages that wait, oldest first, without their content."""
        for seq, link, received in self._rows(f"SELECT seq, link, received {_BACKLOG}", (0,)):
            yield Backlog(seq, link, from_us(received))

    def entry(self, seq: int) -> Entry:
        """One line of the journal. Raises NotFound."""
        row = self._rows(f"{_ENTRY} FROM message LEFT JOIN mark USING (seq) WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise _unknown(seq)
        return _entry(row)

    def raw(self, seq: int) -> bytes:
        """The content as received; of a duplicate, that of the first. Raises NotFound."""
        row = self._rows("SELECT raw, first FROM message WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise _unknown(seq)
        raw, first = row
        return self.raw(first) if raw is None else raw

    def entries(
        self, *, state: State | None = None, link: str | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[Entry, ...]:
        """Lines of the journal, newest first: those of `state` and `link` where given, numbered lower than `before`."""
        which, values = [_SOURCES[state]], []
        for clause, value in (("link = ?", link), ("message.seq < ?", before)):
            if value is not None:
                which.append(clause)
                values.append(value)
        query = f"{_ENTRY} FROM {' AND '.join(which)} ORDER BY {_ORDER[state]} DESC LIMIT ?"
        return tuple(_entry(row) for row in self._rows(query, (*values, min(limit, _MAX_ENTRIES))))

    def counts(self, link: str | None = None) -> dict[str, int]:
        """How many messages were received, and how many of them are in each state; of one link or of all."""
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in _COUNTED)
        row = self._rows(f"SELECT {sums} FROM tally WHERE ? IS NULL OR link = ?", (link, link)).fetchone()  # noqa: S608  constants only
        return dict(zip(_COUNTED, row or (), strict=True))

    def reasons(self, state: State, link: str | None = None) -> dict[str, int]:
        """How many messages in `state` there are for each reason; of one link or of all."""
        query, values = (_REASONS, (state,)) if link is None else (_REASONS_OF_LINK, (state, link))
        return dict(self._rows(query, values))

    def recount(self) -> dict[str, int]:
        """The same as `counts` by walking over all messages: slow, and there to check the kept counts."""
        counted = dict.fromkeys(_COUNTED, 0)
        query = "SELECT coalesce(state, 'waiting'), count(*) FROM message LEFT JOIN mark USING (seq) GROUP BY 1"
        for state, number in self._rows(query, ()):
            counted[state] = number
            counted["received"] += number
        return counted

    def last_received(self, link: str) -> datetime | None:
        """When the last readable message of `link` came, or None."""
        row = self._rows("SELECT heard FROM tally WHERE link = ?", (link,)).fetchone()
        return None if row is None or row[0] is None else from_us(row[0])

    def close(self) -> None:
        """Close the calling thread's connection; those of other threads end with their threads."""
        connection: apsw.Connection | None = self._local.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def _rows(self, query: str, values: tuple[Any, ...]) -> apsw.Cursor:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = read_only(self._path)
        return connection.execute(query, values)


_JOINED = "message LEFT JOIN mark USING (seq) WHERE"
_MARKED = "mark CROSS JOIN message USING (seq) WHERE"  # CROSS: SQLite walks the few marks, not the many messages
_SOURCES: dict[State | None, str] = {
    None: f"{_JOINED} TRUE",
    State.waiting: f"{_JOINED} mark.seq IS NULL AND message.seq > (SELECT settled_to FROM progress)",  # noqa: S608  constants only
    State.applied: f"{_MARKED} mark.state = 'applied'",
    **{
        state: f"{_MARKED} mark.state = '{state}' AND reason IS NOT NULL"
        for state in (State.parked, State.refused, State.duplicate)
    },
}
_ORDER = {state: "mark.seq" if source.startswith("mark") else "message.seq" for state, source in _SOURCES.items()}


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, link, received, peer, control_id, sender, event, state, reason, detail, remedy, flags, *rest = row
    ack_code, size_bytes, first, handled = rest
    return Entry(
        seq=seq,
        link=link,
        received=from_us(received),
        peer=peer,
        control_id=control_id,
        sender=sender,
        event=event,
        state=State(state),
        reason=reason,
        detail=detail,
        remedy=remedy,
        flags=tuple(flags.split()),
        ack_code=ack_code,
        size_bytes=size_bytes,
        first=first,
        handled=None if handled is None else from_us(handled),
    )


def _unknown(seq: int) -> NotFound:
    return NotFound("the journal holds no such message", where=f"seq {seq}", remedy="see `tabard link journal`")
