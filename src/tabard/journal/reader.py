"""The reading end: what waits, what is held, contents, and counts. Any thread may use it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from tabard.ground.errors import NotFound
from tabard.ground.time import from_us
from tabard.journal.lines import Lines
from tabard.journal.model import GIVING_AGAIN, Backlog, State, Waiting
from tabard.journal.rows import unknown

_NOT_MARKED = "NOT EXISTS (SELECT 1 FROM mark WHERE mark.seq = message.seq)"
_TAIL = f"FROM message WHERE seq > (SELECT settled_to FROM progress) AND {_NOT_MARKED}"  # noqa: S608  constants only
_SEQS = f"SELECT seq {_TAIL} AND seq > ?1 UNION SELECT seq FROM again WHERE seq > ?1 ORDER BY seq LIMIT ?2"  # noqa: S608  constants only
_BACKLOG = f"SELECT seq, link, received {_TAIL} UNION SELECT seq, link, received FROM again JOIN message USING (seq) ORDER BY seq"  # noqa: S608  constants only
_IS_REPLAY = (
    f"EXISTS (SELECT 1 FROM intervention WHERE intervention.seq = message.seq AND verb IN {GIVING_AGAIN})"  # noqa: S608  constants only
    " OR ' ' || flags || ' ' LIKE '% loaded %'"
)
_GIVEN = (
    f"SELECT message.seq, link, received, raw, {_IS_REPLAY}, coalesce(again.attempts, 0)"  # noqa: S608  constants only
    " FROM message LEFT JOIN again USING (seq) WHERE message.seq = ?"
    f" AND {_NOT_MARKED}"
)
_BETWEEN = (
    f"SELECT seq, link, received, raw, {_IS_REPLAY}, 0 FROM message WHERE seq BETWEEN ? AND ? AND raw IS NOT NULL"  # noqa: S608  constants only
    " AND digest <> x'' AND ack_code NOT IN ('AR', 'CR')"
)
_REASONS = "SELECT reason, count(*) FROM mark WHERE state = ? AND reason IS NOT NULL GROUP BY reason ORDER BY reason"
_REASONS_OF_LINK = (
    "SELECT reason, count(*) FROM mark CROSS JOIN message USING (seq) WHERE state = ? AND reason IS NOT NULL AND link = ?"
    " GROUP BY reason ORDER BY reason"
)
_RECOUNT = (
    "SELECT coalesce(state, 'waiting'), count(*) FROM message LEFT JOIN mark USING (seq) GROUP BY 1"
    " UNION ALL SELECT state, number FROM pruned"
)
_COUNTED = ("received", *(state.value for state in State))
_MOST_BYTES = 16 * 1024 * 1024
_CLOCK_SET_BACK = timedelta(hours=1)


class JournalReader(Lines):
    """Reads a journal file; each call sees the last commit. Each thread gets a connection of its own, opened when first used."""

    def waiting(self, limit: int, *, after: int = 0, limit_bytes: int = _MOST_BYTES) -> tuple[Waiting, ...]:
        """The next messages to apply, oldest first, numbered higher than `after`; held ones are not among them.

        At most `limit`, and only the first where it would be more than `limit_bytes` with the next.
        """
        seqs = [seq for (seq,) in self._rows(_SEQS, (after, limit))]
        return self.given(seqs, limit_bytes=limit_bytes)[0]

    def given(self, seqs: Sequence[int], *, limit_bytes: int = _MOST_BYTES) -> tuple[tuple[Waiting, ...], int]:
        """Those of `seqs` that wait, in the order given, and how far it came: `limit_bytes` bounds it, after the first."""
        found: list[Waiting] = []
        size = 0
        for reached, number in enumerate(seqs):
            row = self._rows(_GIVEN, (number,)).fetchone()
            if row is None:
                continue  # it was settled meanwhile
            size += len(row[3] or b"")
            if found and size > limit_bytes:
                return tuple(found), reached
            found.append(_waiting(row))
        return tuple(found), len(seqs)

    def backlog(self) -> Iterator[Backlog]:
        """All messages that wait and are not held, oldest first, without their content."""
        for seq, link, received in self._rows(_BACKLOG):
            yield Backlog(seq, link, from_us(received))

    def held_keys(self) -> dict[bytes, tuple[int, ...]]:
        """The held messages of each key, oldest first."""
        held: dict[bytes, list[int]] = {}
        query = "SELECT coalesce(key, x''), seq FROM mark WHERE state = 'waiting' AND reason IS NOT NULL ORDER BY seq"
        for key, seq in self._rows(query):
            held.setdefault(key, []).append(seq)
        return {key: tuple(seqs) for key, seqs in held.items()}

    def raw(self, seq: int) -> bytes:
        """The content as received; of a duplicate, that of the first. Raises NotFound, also when retention took it."""
        row = self._rows("SELECT raw, first FROM message WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise unknown(seq)
        raw, first = row
        if raw is None and first is None:
            raise NotFound("the content of this message was removed when its time was over", where=f"seq {seq}")
        return self.raw(first) if raw is None else raw

    def between(self, first: int, last: int, link: str | None = None) -> Iterator[Waiting]:
        """The messages taken with numbers from `first` to `last`, whatever became of them, whose content is still kept.

        Oldest first; one at a time, so that a day need not fit into memory.
        """
        for row in self._rows(_BETWEEN, (first, last)):
            if link is None or row[1] == link:
                yield _waiting(row)

    def of_day(self, link: str | None, day: date, zone: tzinfo = UTC) -> Iterator[Waiting]:
        """The same for those received on a day of `zone`."""
        begins = datetime.combine(day, time(), zone)
        ends = datetime.combine(day + timedelta(days=1), time(), zone)
        first, last = (self.first_since(one) for one in (begins - _CLOCK_SET_BACK, ends + _CLOCK_SET_BACK))
        return (one for one in self.between(first, last, link) if begins <= one.received < ends)

    def counts(self, link: str | None = None) -> dict[str, int]:
        """How many messages were received, and how many of them are in each state; of one link or of all."""
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in _COUNTED)
        row = self._rows(f"SELECT {sums} FROM tally WHERE ?1 IS NULL OR link = ?1", (link,)).fetchone()  # noqa: S608  constants only
        return dict(zip(_COUNTED, row or (), strict=True))

    def undelivered(self) -> int:
        """How many messages' answers did not reach their sender."""
        number: int = self._rows("SELECT count(*) FROM answer WHERE state = 'undelivered'").get
        return number

    def reasons(self, state: State, link: str | None = None) -> dict[str, int]:
        """How many messages in `state` there are for each reason; of one link or of all. Of those waiting, why they are held."""
        query, values = (_REASONS, (state,)) if link is None else (_REASONS_OF_LINK, (state, link))
        return dict(self._rows(query, values))

    def recount(self) -> dict[str, int]:
        """The same as `counts` by walking over all messages: slow, and there to check the kept counts."""
        counted = dict.fromkeys(_COUNTED, 0)
        for state, number in self._rows(_RECOUNT):
            counted[state] += number
            counted["received"] += number
        return counted

    def last_received(self, link: str) -> datetime | None:
        """When the last readable message of `link` came, or None."""
        row = self._rows("SELECT heard FROM tally WHERE link = ?", (link,)).fetchone()
        return None if row is None or row[0] is None else from_us(row[0])


def _waiting(row: tuple[Any, ...]) -> Waiting:
    seq, link, received, raw, is_replay, attempts = row
    return Waiting(seq, link, from_us(received), raw or b"", bool(is_replay), attempts)
