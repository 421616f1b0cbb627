"""The writing end: appends and marks gather in one transaction until `commit` makes them durable."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from tabard.database import connect, migrate
from tabard.ground.time import to_us
from tabard.journal.errors import JournalFault
from tabard.journal.identities import Identities
from tabard.journal.model import WAITING, Arrival, Mark, Outcome, Remembered, State
from tabard.journal.tables import STEPS
from tabard.journal.tallies import Tallies

_APPEND = "INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_MARK = "INSERT OR REPLACE INTO mark VALUES (?,?,?,?,?,?,?)"
_KNOWN = "SELECT ack, digest, mark.state FROM message LEFT JOIN mark USING (seq) WHERE seq = ?"
_STATE = "SELECT link, mark.state FROM message LEFT JOIN mark USING (seq) WHERE seq = ?"
_APPLIED_AFTER = "SELECT seq, link FROM mark JOIN message USING (seq) WHERE mark.seq > ? AND mark.state = 'applied'"
_FIRST_WAITING = (
    "SELECT seq FROM message WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM mark WHERE mark.seq = message.seq)"
    " ORDER BY seq LIMIT 1"
)


class JournalWriter:
    """The one writer of a journal file, used by one thread.

    Nothing is durable, and nothing may be acknowledged, before `commit` returned. Every method raises JournalFault when
    the file cannot be written; `rollback` then forgets what was not committed.
    """

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        migrate(self._connection, STEPS)
        self._cursor = self._connection.cursor()
        self._tallies = Tallies()
        self._identities = Identities(self._cursor)
        self._is_open = False
        self._has_marks = False
        self._moment: datetime | None = None
        self._moment_us = 0
        self._committed_seq: int = self._cursor.execute("SELECT coalesce(max(seq), 0) FROM message").get
        self.next_seq: int = self._committed_seq + 1
        """The number that the next message gets; its acknowledgement may carry it."""

    def follow(self, applied_to: int) -> int:
        """Agree with the record, whose highest applied message is `applied_to`; how many messages wait again for it.

        So it is after one of the two was put back from an older copy. What the journal holds as applied beyond it is in no
        record and is to be applied again; and no number up to it is given to a new message.
        """
        try:
            self._begin()
            lost: list[Any] = self._cursor.execute(_APPLIED_AFTER, (applied_to,)).fetchall()
            if lost:
                self._cursor.executemany("DELETE FROM mark WHERE seq = ?", [(seq,) for seq, _ in lost])
                self._cursor.execute("UPDATE progress SET settled_to = min(settled_to, ?)", (applied_to,))
        except apsw.Error as fault:
            raise _fault(fault) from fault
        for _, link in lost:
            self._tallies.move(link, State.applied, State.waiting)
        self.next_seq = max(self.next_seq, applied_to + 1)
        self.commit()
        return len(lost)

    def remembered(self, link: str, control_id: str, digest: bytes) -> Remembered | None:
        """The earlier message with this control id on this link: the one of the same content if any, else the latest.

        One of the same content that was parked is passed over: it had no effect, so the same message sent again is a new
        one. Of a control id that was used again and again only the latest messages are looked at.
        """
        try:
            self._begin()  # a look inside the transaction takes no lock of its own
            latest = None
            for seq in self._identities.seqs(link, control_id):
                ack, known, state = self._cursor.execute(_KNOWN, (seq,)).get
                if known != digest:
                    latest = latest or Remembered(seq, ack, is_same=False)
                elif state != State.parked:
                    return Remembered(seq, ack, is_same=True)
        except apsw.Error as fault:
            raise _fault(fault) from fault
        return latest

    def append(
        self,
        arrival: Arrival,
        *,
        outcome: Outcome = WAITING,
        ack_code: str,
        ack: bytes | None,
        first: int | None = None,
    ) -> int:
        """Add a message and return its number; of a duplicate (`first` given) the content is not kept again."""
        seq: int = self.next_seq
        received_us = self._in_us(arrival.received)
        row = (
            seq,
            arrival.link,
            received_us,
            arrival.peer,
            arrival.control_id,
            arrival.sender,
            arrival.event,
            arrival.digest,
            arrival.size_bytes,
            " ".join(outcome.flags),
            ack_code,
            ack,
            first,
            arrival.raw if first is None else None,
        )
        try:
            self._begin()
            self._cursor.execute(_APPEND, row)
            if outcome.state is not State.waiting:
                self._write_mark(seq, outcome, received_us, flags="")
        except (apsw.Error, UnicodeError) as fault:
            raise _fault(fault) from fault
        self.next_seq = seq + 1
        is_taken = ack_code == "AA"
        self._tallies.add(arrival.link, outcome.state, heard_us=received_us if is_taken else None)
        if is_taken and first is None:
            self._identities.add(arrival.link, arrival.control_id, seq)
        return seq

    def mark(self, mark: Mark) -> None:
        """Set what became of a message; a later mark replaces an earlier one."""
        outcome = mark.outcome
        try:
            self._begin()
            found = self._cursor.execute(_STATE, (mark.seq,)).fetchone()
            if found is None:
                raise JournalFault("a message was marked that the journal does not hold", got=f"seq {mark.seq}")
            self._write_mark(mark.seq, outcome, to_us(mark.at), flags=" ".join(outcome.flags))
        except apsw.Error as fault:
            raise _fault(fault) from fault
        self._tallies.move(found[0], State(found[1] or State.waiting), outcome.state)
        self._has_marks = True

    def commit(self) -> None:
        """Make everything since the last commit durable; returns when it is on stable storage."""
        if not self._is_open:
            return
        try:
            self._tallies.write(self._cursor)
            self._identities.write()
            if self._has_marks:
                self._advance()
            self._cursor.execute("COMMIT")
        except apsw.Error as fault:
            raise _fault(fault) from fault
        self._committed_seq = self.next_seq - 1
        self._identities.committed()
        self._end()

    def rollback(self) -> None:
        """Forget everything since the last commit. Never raises."""
        if self._connection.in_transaction:
            with suppress(apsw.Error):  # where it fails, the next BEGIN tells whether the file is usable again
                self._cursor.execute("ROLLBACK")
        self.next_seq = self._committed_seq + 1
        self._identities.rolled_back(self._committed_seq)
        self._end()

    def close(self) -> None:
        """Close the file; what was not committed is forgotten."""
        self.rollback()
        self._connection.close()

    def _in_us(self, moment: datetime) -> int:
        """All messages of a turn share one moment."""
        if moment is not self._moment:
            self._moment, self._moment_us = moment, to_us(moment)
        return self._moment_us

    def _begin(self) -> None:
        if not self._is_open:
            self._cursor.execute("BEGIN IMMEDIATE")
            self._is_open = True

    def _end(self) -> None:
        self._tallies.forget()
        self._is_open = self._has_marks = False

    def _write_mark(self, seq: int, outcome: Outcome, at_us: int, *, flags: str) -> None:
        row = (seq, outcome.state.value, outcome.reason, outcome.detail, outcome.remedy, flags, at_us)
        self._cursor.execute(_MARK, row)

    def _advance(self) -> None:
        """Move `settled_to` up to the last message before the first that waits."""
        settled_to = self._cursor.execute("SELECT settled_to FROM progress").get
        first_waiting = self._cursor.execute(_FIRST_WAITING, (settled_to,)).get
        reached = (first_waiting or self.next_seq) - 1
        if reached != settled_to:
            self._cursor.execute("UPDATE progress SET settled_to = ?", (reached,))


def _fault(fault: Exception) -> JournalFault:
    """Only the kind of the fault is told: SQLite's own text may quote what it was given."""
    return JournalFault(
        "the journal could not write",
        got=type(fault).__name__,
        remedy="see that the disk has room and the hospital's folder is writable",
    )
