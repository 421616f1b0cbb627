"""The writing end: appends and marks gather in one transaction until `commit` makes them durable."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tabard.database import connect, migrate
from tabard.ground.time import from_us, to_us
from tabard.journal.digests import kept_digest
from tabard.journal.fates import Fates
from tabard.journal.identities import ControlIds, Identities
from tabard.journal.model import (
    WAITING,
    AckState,
    Arrival,
    Backlog,
    GivesAgain,
    Mark,
    NewRow,
    Outcome,
    Remembered,
    Row,
    State,
)
from tabard.journal.retention import Retention
from tabard.journal.tables import STEPS
from tabard.journal.tallies import Tallies
from tabard.journal.transaction import Faults, Transaction

_APPEND = "INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_APPEND_NEW = "INSERT INTO message VALUES (?,?,?,?,?,?,?,x'00',?,'',?,NULL,NULL,?)"
_KNOWN = (
    "SELECT message.ack, digest, iif(digest = x'00', raw, NULL), message.ack_code, received, mark.state, answer.ack"
    " FROM message LEFT JOIN mark USING (seq) LEFT JOIN answer USING (seq) WHERE seq = ?"
)
_FIRST_WAITING = (
    "SELECT seq FROM message WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM mark WHERE mark.seq = message.seq)"
    " ORDER BY seq LIMIT 1"
)
_LAST = "SELECT max(coalesce((SELECT max(seq) FROM message), 0), (SELECT lines_to FROM retention))"
_ANSWER = "INSERT OR REPLACE INTO answer VALUES (?,?,?,?)"
_REFUSED = frozenset({"AR", "CR"})
_TAKEN = frozenset({State.waiting, State.duplicate})
_PAGE_BYTES = 8192
"""Some messages fill a page of this size with less waste than one of 4096, and less is written a commit."""

LOADED = "loaded"
"""The flag of a message that an opening load brought."""


class JournalWriter:
    """The one writer of a journal file, used by one thread.

    Nothing is durable, and nothing may be acknowledged, before `commit` returned. Every method raises JournalFault when
    the file cannot be written; `rollback` then forgets what was not committed.
    """

    def __init__(self, path: Path) -> None:
        self._connection = connect(path, page_size_bytes=_PAGE_BYTES)
        migrate(self._connection, STEPS)
        self._connection.pragma("secure_delete", True)  # what retention removes is overwritten
        self._cursor = self._connection.cursor()
        self._tallies = Tallies()
        self._identities = Identities(self._cursor)
        self._fates = Fates(self._cursor, self._tallies)
        self._retention = Retention(self._cursor)
        self._faults = Faults()
        self._writing = Transaction(self._connection, self._cursor)
        self._has_marks = False
        self._committed_seq: int = self._cursor.execute(_LAST).get
        self.next_seq: int = self._committed_seq + 1
        """The number that the next message gets; its acknowledgement may carry it."""

    def follow(self, applied_to: int) -> int:
        """Agree with the record, whose highest applied message is `applied_to`; how many messages wait again for it.

        So it is after one of the two was put back from an older copy. What the journal holds as applied beyond it is in no
        record and is to be applied again; and no number up to it is given to a new message.
        """
        with self._writing:
            lost = self._fates.forget_after(applied_to)
        self._has_marks = True
        self.next_seq = max(self.next_seq, applied_to + 1)
        self.commit()
        return lost

    def known(self, control_ids: ControlIds) -> set[tuple[str, str]]:
        """Link and control id of those under which messages may have come: one look for all of a turn."""
        with self._writing:  # a look inside the transaction takes no lock of its own
            return self._identities.known(control_ids)

    def remembered(self, link: str, control_id: str, digest: bytes) -> Remembered | None:
        """The earlier message with this control id on this link: the one of the same content if any, else the latest.

        One of the same content that was parked is passed over: it had no effect, so the same message sent again is a new
        one. Of a control id that was used again and again only the latest messages are looked at.
        """
        latest = None
        with self._writing:
            for seq in self._identities.seqs(link, control_id):
                row = self._cursor.execute(_KNOWN, (seq,)).fetchone()
                if row is None:
                    continue  # retention took its line
                ack, known, raw, code, received, state, later = row
                is_same = kept_digest(known, raw) == digest
                found = Remembered(seq, ack, is_same, code, from_us(received), State(state or State.waiting), later)
                if not found.is_same:
                    latest = latest or found
                elif found.state is not State.parked:
                    return found
        return latest

    def append(
        self,
        arrival: Arrival,
        *,
        outcome: Outcome = WAITING,
        ack_code: str,
        ack: bytes | None = None,
        first: int | None = None,
        is_load: bool = False,
    ) -> int:
        """Add a message and return its number; of a duplicate (`first` given) the content is not kept again.

        `is_load` marks one of an opening load: it sets nothing off beyond the record.
        """
        seq: int = self.next_seq
        row: Row = (
            seq,
            arrival.link,
            to_us(arrival.received),
            arrival.peer,
            arrival.control_id,
            arrival.sender,
            arrival.event,
            arrival.digest,
            arrival.size_bytes,
            " ".join((*outcome.flags, LOADED) if is_load else outcome.flags),
            ack_code,
            ack,
            first,
            arrival.raw if first is None else None,
        )
        self.append_all([row], {} if outcome.state is State.waiting else {seq: outcome})
        if outcome.state is State.waiting:
            self._fates.appended(Backlog(seq, arrival.link, arrival.received))
        return seq

    def append_new(self, rows: Sequence[NewRow], control_ids: ControlIds, seqs: Mapping[str, Sequence[int]]) -> None:
        """Add messages, numbered from `next_seq` on, that all wait.

        By link, `control_ids` are theirs and `seqs` their numbers; no two, and none before, came under the same.
        """
        with self._writing:
            self._cursor.executemany(_APPEND_NEW, rows)
        self._identities.add_new(control_ids, seqs)
        self.next_seq += len(rows)
        for link, numbers in seqs.items():
            self._tallies.add_waiting(link, len(numbers), rows[-1][2])

    def append_all(self, rows: Sequence[Row], fates: Mapping[int, Outcome]) -> None:
        """Add messages, numbered from `next_seq` on; they wait, but for those of which `fates` tells otherwise."""
        with self._writing:
            self._cursor.executemany(_APPEND, rows)
            self.next_seq += len(rows)
            for seq, link, received_us, _, control_id, _, _, digest, _, _, code, _, first, _ in rows:
                outcome = fates.get(seq, WAITING)
                if digest and first is None and code not in _REFUSED:
                    self._identities.add(link, control_id, seq)
                is_heard = bool(digest) and outcome.state in _TAKEN
                self._tallies.add(link, outcome.state, heard_us=received_us if is_heard else None)
                if outcome.state is not State.waiting:
                    self._fates.write(seq, outcome, received_us, flags="", attempts=0)

    def mark(self, mark: Mark) -> None:
        """Set what became of a message; a later mark replaces an earlier one."""
        with self._writing:
            self._fates.mark(mark)
        self._has_marks = True

    def settle(self, seqs: Iterable[int], outcome: Outcome, *, at: datetime, by: str, reason: str) -> tuple[int, ...]:
        """A person's word on what becomes of messages that are held; of which it could be. What is not held stays as it is."""
        with self._writing:
            held = self._fates.held(seqs)
            for seq in held:
                self._fates.mark(Mark(seq, outcome, at))
            self._fates.note(held, at, by, "settle", reason)
        self._has_marks = True
        return held

    def replay(
        self, seqs: Iterable[int], *, at: datetime, by: str, reason: str, verb: GivesAgain = "replay"
    ) -> tuple[int, ...]:
        """A person's word, kept as `verb`, by which messages are applied again, whatever became of them.

        Gives those for which that can be: not what was refused, a duplicate, has no content any more, or waits anyway.
        """
        with self._writing:
            again = self._fates.replay(seqs)
            self._fates.note(again, at, by, verb, reason)
        return again

    def release(self, keys: Iterable[bytes]) -> None:
        """Have the held messages of `keys` given again, oldest first, with the next commit."""
        with self._writing:
            self._fates.release(keys)

    def release_by_hand(self, keys: Iterable[bytes], *, at: datetime, by: str, reason: str) -> tuple[int, ...]:
        """The same by a person's word, at once; the numbers of the messages."""
        with self._writing:
            seqs = self._fates.release_now(keys)
            self._fates.note(seqs, at, by, "release", reason)
        return seqs

    def is_any_due(self, now: datetime) -> bool:
        """Whether anything is held until `now` at most."""
        with self._faults:
            return self._fates.is_any_due(now)

    def release_due(self, now: datetime) -> None:
        """Have what is held until `now` at most given again with the next commit."""
        with self._writing:
            self._fates.release_due(now)

    def answered(self, link: str, seq: int) -> None:
        """The answers to messages of `link` up to `seq` were written, but for those of which `note_answer` tells otherwise."""
        self._tallies.answered(link, seq)

    def note_answer(self, seq: int, state: AckState, *, ack_code: str | None = None, ack: bytes | None = None) -> None:
        """How the answer to one message fared; with `ack`, that this later answer is the one that counts."""
        with self._writing:
            self._cursor.execute(_ANSWER, (seq, state.value, ack_code, ack))

    def prune(self, content_before: datetime, lines_before: datetime | None = None, *, most: int = 500) -> int:
        """Retention, one small step: remove the content of messages received before a time, and the lines before another.

        Never of those that wait or are parked. Gives how many messages were looked at: 0 when there is no more to do. What
        was removed is overwritten in the file.
        """
        with self._writing:
            lines_us = None if lines_before is None else to_us(lines_before)
            return self._retention.step(to_us(content_before), lines_us, most)

    def commit(self) -> tuple[Backlog, ...]:
        """Make everything since the last commit durable; returns when it is on stable storage.

        Gives the messages that wait again through it (released, replayed) and those added one by one, oldest first.
        """
        again: tuple[Backlog, ...] = ()
        if not self._writing.is_open and not self._tallies.has_changes:
            return again
        with self._writing:
            again = self._fates.end()
            self._tallies.write(self._cursor)
            self._identities.write()
            if self._has_marks:
                self._advance()
            self._writing.commit()
        self._committed_seq = self.next_seq - 1
        self._identities.committed()
        self._end()
        return again

    def rollback(self) -> None:
        """Forget everything since the last commit. Never raises."""
        self._writing.rollback()
        self.next_seq = self._committed_seq + 1
        self._identities.rolled_back()
        self._fates.forget()
        self._end()

    def close(self) -> None:
        """Close the file; what was not committed is forgotten."""
        self.rollback()
        self._connection.close()

    def _end(self) -> None:
        self._tallies.forget()
        self._has_marks = False

    def _advance(self) -> None:
        """Move `settled_to` up to the last message before the first that waits."""
        settled_to = self._cursor.execute("SELECT settled_to FROM progress").get
        first_waiting = self._cursor.execute(_FIRST_WAITING, (settled_to,)).get
        reached = (first_waiting or self.next_seq) - 1
        if reached != settled_to:
            self._cursor.execute("UPDATE progress SET settled_to = ?", (reached,))
