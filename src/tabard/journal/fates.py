"""What becomes of messages: marks set, held messages given again, persons' decisions; within the writer's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import apsw

from tabard.ground.time import from_us, to_us
from tabard.journal.errors import JournalFault
from tabard.journal.model import Backlog, Mark, Outcome, State
from tabard.journal.tallies import Tallies

_MARK = "INSERT OR REPLACE INTO mark VALUES (?,?,?,?,?,?,?,?,?,?)"
_STATE = (
    "SELECT link, mark.state, coalesce(again.attempts, mark.attempts, 0), again.seq IS NOT NULL"
    " FROM message LEFT JOIN mark USING (seq) LEFT JOIN again USING (seq) WHERE seq = ?"
)
_SHOWN = "SELECT seq, link, received, mark.state, attempts FROM mark JOIN message USING (seq) WHERE"
_OF_KEY = f"{_SHOWN} key = ? AND state = 'waiting' ORDER BY seq"
_KEYS_DUE = "SELECT DISTINCT coalesce(key, x'') FROM mark WHERE again <= ? AND state = 'waiting'"
_DUE = f"{_SHOWN} again <= ? AND state = 'waiting' AND key IS NULL ORDER BY seq"
_REPLAYED = f"{_SHOWN} seq = ? AND first IS NULL AND raw IS NOT NULL AND state <> 'refused'"
_INTERVENTION = "INSERT INTO intervention (seq, at, by, verb, reason) VALUES (?,?,?,?,?)"
_APPLIED_AFTER = f"{_SHOWN} mark.seq > ? AND state IN ('applied', 'no_effect')"

_IS_HELD = "SELECT 1 FROM mark WHERE seq = ? AND state = 'waiting' AND reason IS NOT NULL"
_HELD = f"{_SHOWN} state = 'waiting' AND reason IS NOT NULL ORDER BY seq"


class Fates:
    """The marks of a journal file, for its writer. Database faults are apsw's own."""

    def __init__(self, cursor: apsw.Cursor, tallies: Tallies) -> None:
        self._cursor = cursor
        self._tallies = tallies
        self._releases: set[bytes] = set()
        self._again: list[Backlog] = []

    def mark(self, mark: Mark) -> None:
        """Set what became of a message; what it releases is given again when the transaction ends."""
        found = self._cursor.execute(_STATE, (mark.seq,)).fetchone()
        if found is None:
            raise JournalFault("a message was marked that the journal does not hold", got=f"seq {mark.seq}")
        link, state, attempts, is_again = found
        if is_again:
            self._cursor.execute("DELETE FROM again WHERE seq = ?", (mark.seq,))
        again_us = None if mark.again_at is None or mark.outcome.state is not State.waiting else to_us(mark.again_at)
        tries = attempts + int(mark.is_tried)
        self.write(mark.seq, mark.outcome, to_us(mark.at), key=mark.key, attempts=tries, again_us=again_us)
        self._tallies.move(link, State(state or State.waiting), mark.outcome.state)
        self._releases.update(mark.releases)

    def write(
        self,
        seq: int,
        outcome: Outcome,
        at_us: int,
        *,
        flags: str | None = None,
        key: bytes = b"",
        attempts: int = 1,
        again_us: int | None = None,
    ) -> None:
        """One row of `mark`, and nothing else."""
        told = " ".join(outcome.flags) if flags is None else flags
        reason = outcome.reason or ("held" if outcome.state is State.waiting else None)
        row = (seq, outcome.state.value, reason, outcome.detail, outcome.remedy, told, at_us, key or None, attempts)
        self._cursor.execute(_MARK, (*row, again_us))

    def release(self, keys: Iterable[bytes]) -> None:
        """Give the held messages of `keys` again when the transaction ends, also those that it holds later."""
        self._releases.update(keys)

    def release_now(self, keys: Iterable[bytes]) -> tuple[int, ...]:
        """Give the held messages of `keys` again; their numbers."""
        rows: list[Any] = [row for key in keys for row in self._cursor.execute(_OF_KEY, (key,)).fetchall()]
        self._give_again(rows)
        return tuple(row[0] for row in rows)

    def release_due(self, now: datetime) -> None:
        """Give again what is held until `now` at most, with all of its key."""
        now_us = to_us(now)
        keys: list[Any] = self._cursor.execute(_KEYS_DUE, (now_us,)).fetchall()
        for (key,) in keys:
            if key:
                self._releases.add(key)
            else:
                self._give_again(self._cursor.execute(_DUE, (now_us,)).fetchall())

    def is_any_due(self, now: datetime) -> bool:
        """Whether `release_due` would do anything."""
        return self._cursor.execute("SELECT 1 FROM mark WHERE again <= ? LIMIT 1", (to_us(now),)).fetchone() is not None

    def replay(self, seqs: Iterable[int]) -> tuple[int, ...]:
        """Give messages again, whatever became of them; which of them can be (one whose content is kept, and taken)."""
        found: list[Any] = [row for seq in seqs for row in self._cursor.execute(_REPLAYED, (seq,)).fetchall()]
        rows = [(*row[:-1], 0) for row in found]  # what was tried before counts no more
        self._give_again(rows)
        return tuple(row[0] for row in rows)

    def held(self, seqs: Iterable[int]) -> tuple[int, ...]:
        """Those of `seqs` that are held."""
        return tuple(seq for seq in seqs if self._cursor.execute(_IS_HELD, (seq,)).fetchone() is not None)

    def note(self, seqs: Iterable[int], at: datetime, by: str, verb: str, reason: str) -> None:
        """Keep who decided what about messages, and why."""
        self._cursor.executemany(_INTERVENTION, [(seq, to_us(at), by, verb, reason) for seq in seqs])

    def forget_after(self, applied_to: int) -> int:
        """Give again what is marked as applied beyond `applied_to`, and all that is held; how many were applied.

        What holds a message stands in the record: an older copy knows nothing of it, and would release it never.
        """
        rows: list[Any] = self._cursor.execute(_APPLIED_AFTER, (applied_to,)).fetchall()
        lost = [row for row in rows if row[3] == State.applied]
        if lost:
            self._give_again(rows)
        self._give_again(self._cursor.execute(_HELD).fetchall())
        return len(lost)

    def appended(self, message: Backlog) -> None:
        """A message was added that waits."""
        self._again.append(message)

    def end(self) -> tuple[Backlog, ...]:
        """Before the commit: give again what was released; all that waits again, oldest first."""
        for key in self._releases:
            self._give_again(self._cursor.execute(_OF_KEY, (key,)).fetchall())
        self._releases.clear()
        again, self._again = self._again, []
        return tuple(sorted(again, key=lambda one: one.seq))

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._releases.clear()
        self._again.clear()

    def _give_again(self, rows: Iterable[Any]) -> None:
        for seq, link, received, state, attempts in rows:
            self._cursor.execute("DELETE FROM mark WHERE seq = ?", (seq,))
            self._cursor.execute("INSERT OR REPLACE INTO again VALUES (?,?)", (seq, attempts))
            self._tallies.move(link, State(state), State.waiting)
            self._again.append(Backlog(seq, link, from_us(received)))
