"""Taking messages: what all connections brought in one turn of the loop is committed once, then answered.

Nothing is answered as taken before it is on stable storage. What goes wrong with one message harms no other: when a
turn's commit fails, each of its messages is tried by itself, and what fails alone is answered AE (or CE).
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import Any

import structlog

from tabard.ground.time import Clock, to_us
from tabard.hl7v2 import FramingFault
from tabard.journal import Backlog, JournalFault, JournalWriter, Mark, Outcome
from tabard.link.acknowledgement import journal_fault
from tabard.link.claims import Claims
from tabard.link.delivering import Delivering
from tabard.link.feeds import Feeds
from tabard.link.measures import Measures
from tabard.link.shapes import Shapes
from tabard.link.tracing import committing
from tabard.link.turn import Answered, Asked, Marked, Owed, Received, Sender, Turn

_MOST_PIECES = 256
"""A turn holds so many pieces at most (each is a quarter of a megabyte at most, unless a larger message ends in it)."""

_log = structlog.get_logger("tabard.link")


class Intake:
    """Collects what connections bring until `flush`, which `schedule` is asked to call at the loop's next turn.

    All in one thread. What is to be applied goes to `claims` after the commit. `shapes` are those of each link.
    """

    def __init__(
        self,
        journal: JournalWriter,
        feeds: Feeds,
        clock: Clock,
        *,
        schedule: Callable[[Callable[[], None]], object],
        claims: Claims,
        shapes: Mapping[str, Shapes],
    ) -> None:
        self._journal = journal
        self._feeds = feeds
        self._clock = clock
        self._schedule = schedule
        self._claims = claims
        self._shapes = shapes
        self._delivering = Delivering(journal)
        self._received: list[Received] = []
        self._marked: list[Marked] = []
        self._asked: list[Asked] = []
        self._owed: dict[int, list[Owed]] = {}
        self._is_scheduled = False
        self.measures = Measures()
        self.fault: str | None = None
        """Why the journal could not be written at the last attempt; None when it could."""
        self._is_refusing = False  # the fault kept a message out: a mark, being small, may still find room

    def take(self, sender: Sender, items: Sequence[bytes | FramingFault]) -> None:
        """Journal `items`, in order, at the next flush, and answer `sender`."""
        self._received.append((sender, items))
        if not self._is_scheduled:
            self._want_flush()
        elif len(self._received) >= _MOST_PIECES:
            self.flush()

    def put_marks(self, marks: Sequence[Mark], done: Future[None]) -> None:
        """Write `marks` at the next flush; `done` gets its result, or JournalFault, when that is over."""
        self._marked.append(Marked(marks, done))
        self._want_flush()

    def ask(self, act: Callable[[JournalWriter], object], done: Future[Any]) -> None:
        """Do something else with the journal at the next flush; `done` gets what it gives, once that is durable."""
        self._asked.append(Asked(act, done))
        self._want_flush()

    def tick(self) -> None:
        """Now and then: what was held until now is given again, and how the last answers fared is written down."""
        self._delivering.look()
        try:
            is_due = self._journal.is_any_due(self._clock())
        except JournalFault as fault:
            self._note(fault)
            return
        if is_due or self._delivering.has_news:
            self.ask(lambda journal: journal.release_due(self._clock()), Future())

    def flush(self) -> None:
        """One transaction for all that was collected, then the answers."""
        self._is_scheduled = False
        received, self._received = self._received, []
        marked, self._marked = self._marked, []
        asked, self._asked = self._asked, []
        if not (received or marked or asked):
            return
        now = self._clock()
        answers = self._attempt(received, marked, asked, now)
        if answers is None:
            answers = [self._piece_alone(one, now) for one in received]
            self._rest_alone(marked, asked, now)
        for one in answers:
            one.sender.answer(one.frames, later=one.later)
        self._feeds.publish()
        if answers and self._delivering.sent(answers):
            self._schedule(self._delivering.look)

    def _want_flush(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            self._schedule(self.flush)

    def _attempt(
        self, received: Sequence[Received], marked: Sequence[Marked], asked: Sequence[Asked], now: datetime
    ) -> list[Answered] | None:
        """One transaction for all of it; the answers to each piece, or None when nothing of it was kept."""
        turn = Turn(self._journal, self._shapes, now)
        try:
            with committing(len(received)):
                if received:
                    turn.file(received)
                for batch in marked:
                    for mark in batch.marks:
                        self._journal.mark(mark)
                self._delivering.note()
                results = [one.act(self._journal) for one in asked]
                began = perf_counter()
                again = self._journal.commit()
                self.measures.committed(perf_counter() - began)
        except Exception as fault:  # noqa: BLE001  whatever it is, only what caused it may suffer
            self._journal.rollback()
            self._is_refusing |= bool(received)
            self._note(fault)
            return None
        self._delivering.noted()
        if received or (marked and not self._is_refusing):
            self._is_refusing = False
            self._note(None)
        self._tell(turn, now)
        self._settle(marked, now)
        self._give_again(again)
        for one, result in zip(asked, results, strict=True):
            one.done.set_result(result)
        return turn.answers

    def _piece_alone(self, piece: Received, now: datetime) -> Answered:
        """Each item in a transaction of its own; AE when it cannot be kept."""
        sender, items = piece
        several = [self._alone(sender, item, now) for item in items]
        frames, seqs = b"".join(one.frames for one in several), tuple(seq for one in several for seq in one.seqs)
        return Answered(sender, frames, seqs, sum(one.later for one in several))

    def _alone(self, sender: Sender, item: bytes | FramingFault, now: datetime) -> Answered:
        answers = self._attempt(((sender, (item,)),), (), (), now)
        if answers is None:
            self.measures.not_taken(sender.link, "journal_fault")
            return Answered(sender, journal_fault(item, self._shapes[sender.link], f"E{to_us(now)}", now), ())
        return answers[0]

    def _rest_alone(self, marked: Sequence[Marked], asked: Sequence[Asked], now: datetime) -> None:
        for batch in marked:
            if self._attempt((), (batch,), (), now) is None:
                batch.done.set_exception(JournalFault("the journal could not write what became of messages"))
        for one in asked:
            if self._attempt((), (), (one,), now) is None:
                one.done.set_exception(JournalFault("the journal could not write what was asked of it"))

    def _tell(self, turn: Turn, now: datetime) -> None:
        """After the commit: the feeds know, what is owed is remembered, and the applier wakes."""
        for first, owed in turn.owed:
            self._owed.setdefault(first, []).append(owed)
        for link in turn.heard:
            self._feeds.heard(link, now)
        for link, seqs in turn.waiting.items():
            self._feeds.taken(link, seqs, now)
            self._claims.add(link, seqs)
        for sender, _, outcome in turn.not_taken:
            self.measures.not_taken(sender.link, outcome.reason or "")
        for sender, several in groupby(turn.not_taken, key=itemgetter(0)):
            _log_not_taken(sender, list(several))

    def _settle(self, marked: Sequence[Marked], now: datetime) -> None:
        for batch in marked:
            for mark in batch.marks:
                self._feeds.settled(mark.seq)
                for owed in self._owed.pop(mark.seq, ()) if self._owed else ():
                    self._delivering.answer_later(owed, mark.outcome, now)
            batch.done.set_result(None)

    def _give_again(self, again: Sequence[Backlog]) -> None:
        self._feeds.wait_again(again)
        for one in again:
            self._claims.put_back(one.link, (one.seq,))

    def _note(self, fault: Exception | None) -> None:
        """Keep the state of the journal to be seen, and log when it changes."""
        told = None if fault is None else type(fault).__name__ if not isinstance(fault, JournalFault) else str(fault)
        if told != self.fault:
            _log.error("the journal failed", fault=told) if told else _log.info("the journal writes again")
        self.fault = told


def _log_not_taken(sender: Sender, several: Sequence[tuple[Sender, int, Outcome]]) -> None:
    """One line a piece, however much is wrong in it."""
    reasons = sorted({outcome.reason or "" for _, _, outcome in several})
    first = several[0][1]
    _log.warning("not taken", link=sender.link, peer=sender.peer, seq=first, number=len(several), reasons=reasons)
