"""The queue on disk: every change is on stable storage when its method returns."""

from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from tabard.ground.time import Clock, from_us, to_us
from tabard.link.durable import Durable
from tabard.link.out.errors import control_id_reused, needs_no_decision, queue_fault, unknown
from tabard.link.out.judging import Verdict
from tabard.link.out.model import OutMessage, OutReason, OutState
from tabard.link.out.rows import SELECT, message_of, moment_of
from tabard.link.out.tables import STEPS

_MOST = 1000
_NEXT_CHANGE = "UPDATE progress SET change = change + 1 RETURNING change"
_HEADER_BYTES = 4096


class Due(Struct, frozen=True):
    """The message that is to be sent next, with its content."""

    id: int
    control_id: str
    attempts: int
    doubts: int
    not_before: datetime | None
    raw: bytes


class Outbox:
    """Messages on their way, in a file of their own. Any thread may use it. Raises InternalError when the file fails."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._file = Durable(path, STEPS, queue_fault)

    def put(self, destination: str, raw: bytes, control_id: str, of: str) -> int:
        """Keep a message to be sent; its number. The same message again is the same number.

        Raises Unsendable where another message to this destination has the control id.
        """
        with self._file.writing() as cursor:
            known: Any = cursor.execute(
                "SELECT id, raw FROM message WHERE destination = ? AND control_id = ?", (destination, control_id)
            ).fetchone()
            if known is not None:
                if known[1] != raw:
                    raise control_id_reused()
                number: int = known[0]
                return number
            cursor.execute(
                "INSERT INTO message (destination, control_id, of, created, raw) VALUES (?, ?, ?, ?, ?)",
                (destination, control_id, of, to_us(self._clock()), raw),
            )
            made = self._file.connection.last_insert_rowid()
            cursor.execute(
                "INSERT INTO fate (id, destination, state, change) VALUES (?, ?, 'queued', ?)",
                (made, destination, cursor.execute(_NEXT_CHANGE).get),
            )
            return made

    def recover(self, destination: str | None = None) -> None:
        """What was given to the network and not answered is to be sent again, the same bytes: of one destination or of all."""
        with self._file.writing() as cursor:
            rows: Any = cursor.execute(
                "SELECT id FROM fate WHERE state = 'sent' AND is_safe = 0 AND (?1 IS NULL OR destination = ?1)",
                (destination,),
            ).fetchall()
            for (number,) in rows:
                cursor.execute("UPDATE fate SET doubts = doubts + 1 WHERE id = ?", (number,))
                self._set(cursor, number, state="queued", reason=OutReason.interrupted.value, not_before=None)

    def due(self, destination: str) -> Due | None:
        """The oldest message that is queued for `destination`, whether or not its pause is over."""
        with self._file.reading() as cursor:
            row: Any = cursor.execute(
                "SELECT id, control_id, attempts, doubts, not_before, raw FROM fate CROSS JOIN message USING (id)"
                " WHERE fate.destination = ? AND state = 'queued' ORDER BY fate.id LIMIT 1",
                (destination,),
            ).fetchone()
        if row is None:
            return None
        number, control_id, attempts, doubts, not_before, raw = row
        return Due(number, control_id, attempts, doubts, moment_of(not_before), raw)

    def sending(self, number: int) -> None:
        """It is about to be given to the network."""
        with self._file.writing() as cursor:
            cursor.execute("UPDATE fate SET attempts = attempts + 1 WHERE id = ?", (number,))
            self._set(cursor, number, state="sent", reason=None, not_before=None, sent=to_us(self._clock()))

    def postpone(self, number: int, reason: OutReason, not_before: datetime, *, is_uncounted: bool = False) -> None:
        """It did not reach the destination, for `reason`, and is not sent before then; its last try may count for none."""
        with self._file.writing() as cursor:
            cursor.execute("UPDATE fate SET attempts = attempts - ? WHERE id = ?", (is_uncounted, number))
            self._set(cursor, number, state="queued", reason=reason.value, not_before=to_us(not_before))

    def conclude(
        self,
        number: int,
        verdict: Verdict,
        *,
        not_before: datetime | None = None,
        code: str = "",
        ack: bytes | None = None,
    ) -> None:
        """What a try, or the application's answer, came to."""
        now = to_us(self._clock())
        with self._file.writing() as cursor:
            cursor.execute("UPDATE fate SET doubts = doubts + ? WHERE id = ?", (verdict.is_doubt, number))
            self._set(
                cursor,
                number,
                state=verdict.state.value,
                is_safe=int(verdict.is_safe),
                reason=None if verdict.reason is None else verdict.reason.value,
                detail=verdict.detail,
                not_before=None if not_before is None else to_us(not_before),
                settled=now if verdict.state.is_final else None,
            )
            if ack is not None:
                cursor.execute("UPDATE fate SET code = ?, ack = ? WHERE id = ?", (code, ack, number))

    def decide(self, number: int, state: OutState, by: str, why: str) -> OutMessage:
        """A person's word on a message that is rejected or unclear: settled, or queued to be sent again.

        Raises NotFound, and Unsendable where it is neither rejected nor unclear.
        """
        again = state is OutState.queued
        with self._file.writing() as cursor:
            row: Any = cursor.execute("SELECT state FROM fate WHERE id = ?", (number,)).fetchone()
            if row is None:
                raise unknown(number)
            if row[0] not in {OutState.rejected, OutState.unclear}:
                raise needs_no_decision(number, row[0])
            if again:
                cursor.execute("UPDATE fate SET attempts = 0 WHERE id = ?", (number,))
            self._set(
                cursor,
                number,
                state=state.value,
                is_safe=0,
                reason=(OutReason.send_again if again else OutReason.decided).value,
                not_before=None,
                settled=None if again else to_us(self._clock()),
                decided_by=by,
                decided_why=why,
            )
        return self.entry(number)

    def awaiting(self, destination: str) -> tuple[tuple[int, str, datetime, bytes], ...]:
        """What the receiver has safe and its application is to speak of: number, control id, when sent, and how it begins."""
        with self._file.reading() as cursor:
            rows: Any = cursor.execute(
                "SELECT id, control_id, sent, substr(raw, 1, ?) FROM fate CROSS JOIN message USING (id)"
                " WHERE fate.destination = ? AND state = 'sent' AND is_safe = 1 ORDER BY fate.id",
                (_HEADER_BYTES, destination),
            ).fetchall()
        return tuple((number, control_id, from_us(sent), head) for number, control_id, sent, head in rows)

    def entry(self, number: int) -> OutMessage:
        """One message. Raises NotFound."""
        found = self._entries("WHERE id = ?", (number,))
        if not found:
            raise unknown(number)
        return found[0]

    def entries(
        self, *, destination: str | None, state: OutState | None, before: int | None, limit: int
    ) -> tuple[OutMessage, ...]:
        """Messages, newest first: those of `destination` and `state` where given, numbered lower than `before`."""
        asked = (("fate.destination = ?", destination), ("state = ?", state), ("fate.id < ?", before))
        given = [(clause, value) for clause, value in asked if value is not None]
        which = f"WHERE {' AND '.join(clause for clause, _ in given)} " if given else ""
        values = tuple(str(value) if isinstance(value, OutState) else value for _, value in given)
        return self._entries(f"{which}ORDER BY fate.id DESC LIMIT ?", (*values, min(limit, _MOST)))

    def changes(self, after: int, limit: int) -> tuple[OutMessage, ...]:
        """Messages that changed since the change numbered `after`, in the order of their last changes."""
        return self._entries("WHERE change > ? ORDER BY change LIMIT ?", (after, min(limit, _MOST)))

    def raw(self, number: int) -> bytes:
        """The content, as it is sent each time. Raises NotFound."""
        content: bytes = self._one("SELECT raw FROM message WHERE id = ?", number)
        return content

    def answer(self, number: int) -> bytes | None:
        """The last acknowledgement; it holds the receiver's words, which may tell of a patient. Raises NotFound."""
        ack: bytes | None = self._one("SELECT ack FROM fate WHERE id = ?", number)
        return ack

    def counts(self, destination: str) -> tuple[dict[str, int], datetime | None]:
        """How many messages are in each state, and since when the oldest queued one is kept."""
        with self._file.reading() as cursor:
            rows: Any = cursor.execute(
                "SELECT state, count(*), min(id) FROM fate WHERE destination = ? GROUP BY state", (destination,)
            ).fetchall()
            first = next((number for state, _, number in rows if state == OutState.queued), None)
            row: Any = cursor.execute("SELECT created FROM message WHERE id = ?", (first,)).fetchone()
        told = {state: number for state, number, _ in rows}
        return {state.value: told.get(state.value, 0) for state in OutState}, None if row is None else from_us(row[0])

    def prune(self, before: datetime, heard: int | None = None) -> int:
        """Remove messages that were accepted, or settled by a person, before then; how many.

        Of those whose last change is numbered `heard` at most, where that is given: what others have not heard of stays.
        """
        with self._file.writing() as cursor:
            cursor.execute(
                "DELETE FROM message WHERE id IN (SELECT id FROM fate WHERE settled < ?1"
                " AND (state = 'accepted' OR decided_by != '') AND (?2 IS NULL OR change <= ?2))",
                (to_us(before), heard),
            )
            return self._file.connection.changes()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _set(self, cursor: apsw.Cursor, number: int, **values: str | int | None) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        change: Any = cursor.execute(_NEXT_CHANGE).get
        cursor.execute(f"UPDATE fate SET {names}, change = ? WHERE id = ?", (*values.values(), change, number))  # noqa: S608  names of ours

    def _entries(self, rest: str, values: tuple[Any, ...]) -> tuple[OutMessage, ...]:
        with self._file.reading() as cursor:
            return tuple(message_of(row) for row in cursor.execute(f"{SELECT} {rest}", values).fetchall())

    def _one(self, query: str, number: int) -> Any:
        with self._file.reading() as cursor:
            row: Any = cursor.execute(query, (number,)).fetchone()
        if row is None:
            raise unknown(number)
        return row[0]
