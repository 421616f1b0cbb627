"""Lines of the journal as people see them: one, the newest of a kind, or those found by a search."""

from datetime import datetime, timedelta
from typing import Any

from tabard.ground.time import from_us, to_us
from tabard.journal.model import GIVING_AGAIN, AckState, Entries, Entry, Intervention, State
from tabard.journal.rows import Rows, unknown

MAX_ENTRIES = 1000
"""At most so many lines are given at once."""

_LOOKED_AT = 50_000
"""So many messages are walked over in one search that no index helps; the answer says where to go on."""

_MARKS_LOOKED_AT = 1_000_000
"""The same of marks, which are small."""

_ACK_STATE = (
    "CASE WHEN answer.state IS NOT NULL THEN answer.state WHEN message.ack_code = '' THEN 'not_owed'"
    " WHEN message.seq > coalesce((SELECT answered FROM tally WHERE tally.link = message.link), 0) THEN 'pending'"
    " ELSE 'delivered' END"
)
_ENTRY = (
    "SELECT message.seq, link, received, peer, control_id, sender, event, coalesce(mark.state, 'waiting'), reason, detail,"  # noqa: S608  constants only
    " remedy, trim(message.flags || ' ' || coalesce(mark.flags, '')), coalesce(answer.ack_code, message.ack_code),"
    f" size_bytes, first, handled, {_ACK_STATE}, coalesce(mark.key, x''), coalesce(mark.attempts, again.attempts, 0),"
    f" (SELECT count(*) FROM intervention WHERE intervention.seq = message.seq AND verb IN {GIVING_AGAIN}), mark.again"
)
_BESIDE = "LEFT JOIN answer ON answer.seq = message.seq LEFT JOIN again ON again.seq = message.seq"
_JOINED = f"message LEFT JOIN mark USING (seq) {_BESIDE} WHERE"
_MARKED = (
    f"mark CROSS JOIN message USING (seq) {_BESIDE} WHERE"  # CROSS: SQLite walks the few marks, not the many messages
)
_UNMARKED = "seq > (SELECT settled_to FROM progress) AND NOT EXISTS (SELECT 1 FROM mark WHERE mark.seq = one.seq)"
_WAITING = (
    f"SELECT seq FROM message AS one WHERE {_UNMARKED} UNION ALL SELECT seq FROM again"  # noqa: S608  constants only
    " UNION ALL SELECT seq FROM mark WHERE state = 'waiting' AND reason IS NOT NULL"
)
_SOURCES: dict[State | None, str] = {
    None: f"{_JOINED} TRUE",
    State.waiting: f"{_JOINED} message.seq IN ({_WAITING})",
    State.applied: f"{_MARKED} mark.state = 'applied'",
    **{
        state: f"{_MARKED} mark.state = '{state}' AND reason IS NOT NULL"
        for state in (State.no_effect, State.parked, State.refused, State.duplicate)
    },
}
_OF_CONTROL_ID = (
    "message.seq IN (SELECT seq FROM identity WHERE link IN (SELECT link FROM tally) AND control_id = ?1"
    " UNION SELECT seq FROM message AS one WHERE seq > (SELECT indexed_to FROM progress) AND control_id = ?1"
    " UNION SELECT seq FROM message AS one JOIN mark USING (seq) WHERE reason IS NOT NULL AND control_id = ?1)"
).replace("?1", ":control_id")


class Lines(Rows):
    """Finds lines of the journal."""

    def entry(self, seq: int) -> Entry:
        """One line of the journal. Raises NotFound."""
        row = self._rows(f"{_ENTRY} FROM {_JOINED} message.seq = ?", (seq,)).fetchone()
        if row is None:
            raise unknown(seq)
        return _entry(row)

    def interventions(self, seq: int) -> tuple[Intervention, ...]:
        """What persons decided about a message, oldest first."""
        rows = self._rows("SELECT at, by, verb, reason FROM intervention WHERE seq = ? ORDER BY id", (seq,))
        return tuple(Intervention(from_us(at), by, verb, reason) for at, by, verb, reason in rows)

    def entries(
        self, *, state: State | None = None, link: str | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[Entry, ...]:
        """Lines of the journal, newest first: those of `state` and `link` where given, numbered lower than `before`."""
        which, values = [_SOURCES[state]], []
        for clause, value in (("link = ?", link), ("message.seq < ?", before)):
            if value is not None:
                which.append(clause)
                values.append(value)
        order = "mark.seq" if _SOURCES[state].startswith("mark") else "message.seq"
        query = f"{_ENTRY} FROM {' AND '.join(which)} ORDER BY {order} DESC LIMIT ?"
        return tuple(_entry(row) for row in self._rows(query, (*values, min(limit, MAX_ENTRIES))))

    def search(  # noqa: PLR0913  each is one thing to search by
        self,
        *,
        link: str | None = None,
        state: State | None = None,
        event: str | None = None,
        control_id: str | None = None,
        key: bytes | None = None,
        received_from: datetime | None = None,
        received_to: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Entries:
        """Lines that agree with all that is given, newest first.

        `event` is MSH-9 or its beginning (`ADT`, `ADT^A01`); `key` is a keyed hash of whom messages are about, as marks
        carry it; the times are a half-open range. Of messages that no index finds a part is looked at in one call: go on
        with the answer's `before` until it is None.
        """
        first = 0 if received_from is None else self.first_since(received_from)
        last = self._last() if received_to is None else self.first_since(received_to) - 1
        last = last if before is None else min(last, before - 1)
        is_indexed = control_id is not None or state not in {None, State.applied}
        walked = _MARKS_LOOKED_AT if key is not None else _LOOKED_AT
        least = first if is_indexed else max(first, last - walked + 1)
        wanted: dict[str, tuple[str, object]] = {
            "link": ("link = :link", link),
            "event": ("(event = :event OR substr(event, 1, length(:event) + 1) = :event || '^')", event),
            "control_id": (_OF_CONTROL_ID, control_id),
            "key": ("mark.key = :key", key),
            "from_us": ("received >= :from_us", None if received_from is None else to_us(received_from)),
            "to_us": ("received < :to_us", None if received_to is None else to_us(received_to)),
        }
        given = {name: value for name, (_, value) in wanted.items() if value is not None}
        source = _SOURCES[state] if key is None or state is not None else f"{_MARKED} mark.key IS NOT NULL"
        clauses = [source, "message.seq BETWEEN :least AND :last", *(wanted[name][0] for name in given)]
        number = min(limit, MAX_ENTRIES)
        query = f"{_ENTRY} FROM {' AND '.join(clauses)} ORDER BY message.seq DESC LIMIT :number"
        rows = self._rows(query, {**given, "least": least, "last": last, "number": number})
        lines = tuple(map(_entry, rows))
        if len(lines) == number:
            return Entries(lines, lines[-1].seq)
        return Entries(lines, least if least > max(first, 1) else None)

    def first_since(self, moment: datetime) -> int:
        """The number from which on messages were received at `moment` or later; of clocks set back, the lowest."""
        wanted, low, high = to_us(moment), 1, self._last() + 1
        while low < high:
            middle = (low + high) // 2
            row = self._rows("SELECT received FROM message WHERE seq >= ? ORDER BY seq LIMIT 1", (middle,)).fetchone()
            if row is None or row[0] >= wanted:
                high = middle
            else:
                low = middle + 1
        return low

    def arrivals(self, since: datetime, step: timedelta) -> dict[str, dict[int, int]]:
        """How many messages each link received since a moment, by steps counted from 0; a step without any is left out."""
        begins_us, step_us = to_us(since), step // timedelta(microseconds=1)
        query = "SELECT link, (received - ?) / ?, count(*) FROM message WHERE seq >= ? AND received >= ? GROUP BY 1, 2"
        found: dict[str, dict[int, int]] = {}
        for link, place, number in self._rows(query, (begins_us, step_us, self.first_since(since), begins_us)):
            found.setdefault(link, {})[place] = number
        return found

    def _last(self) -> int:
        last: int = self._rows("SELECT coalesce(max(seq), 0) FROM message").get
        return last


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, link, received, peer, control_id, sender, event, state, reason, detail, remedy, flags, *rest = row
    ack_code, size_bytes, first, handled, ack_state, key, attempts, replays, again = rest
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
        ack_state=AckState(ack_state),
        key=key,
        attempts=attempts,
        replays=replays,
        again_at=None if again is None else from_us(again),
    )
