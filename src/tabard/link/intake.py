"""Taking messages: what all connections brought in one turn of the loop is committed once, then answered.

Nothing is answered with AA before it is on stable storage. What goes wrong with one message harms no other: when a
turn's commit fails, each of its messages is tried by itself, and what fails alone is answered AE.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import structlog

from tabard.ground.time import Clock, to_us
from tabard.hl7v2 import AckCode, FramingFault, wrap
from tabard.journal import Arrival, Backlog, JournalFault, JournalWriter, Mark, State
from tabard.link.acknowledgement import Heard, compare, hear, journal_fault
from tabard.link.feeds import Feeds
from tabard.link.shapes import Shapes
from tabard.link.turn import Asked, Filed, Marked, Received, Sender

_log = structlog.get_logger("tabard.link")


class Intake:
    """Collects what connections bring until `flush`, which `schedule` is asked to call at the loop's next turn.

    All in one thread. `wake` is called after a commit that left something to apply.
    """

    def __init__(
        self,
        journal: JournalWriter,
        feeds: Feeds,
        clock: Clock,
        *,
        schedule: Callable[[Callable[[], None]], object],
        wake: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._feeds = feeds
        self._clock = clock
        self._schedule = schedule
        self._wake = wake
        self._shapes = Shapes()
        self._received: list[Received] = []
        self._marked: list[Marked] = []
        self._asked: list[Asked] = []
        self._is_scheduled = False
        self.fault: str | None = None
        """Why the journal could not be written at the last attempt; None when it could."""
        self._is_refusing = False  # the fault kept a message out: a mark, being small, may still find room

    def take(self, sender: Sender, items: Sequence[bytes | FramingFault]) -> None:
        """Journal `items`, in order, at the next flush, and answer `sender`."""
        self._received.append(Received(sender, items))
        self._want_flush()

    def put_marks(self, marks: Sequence[Mark], done: Future[None]) -> None:
        """Write `marks` at the next flush; `done` gets its result, or JournalFault, when that is over."""
        self._marked.append(Marked(marks, done))
        self._want_flush()

    def ask(self, act: Callable[[JournalWriter], object], done: Future[Any]) -> None:
        """Do something else with the journal at the next flush; `done` gets what it gives, once that is durable."""
        self._asked.append(Asked(act, done))
        self._want_flush()

    def tick(self) -> None:
        """Now and then: what was held until now is given again."""
        try:
            if self._journal.release_due(self._clock()):
                self._want_flush()
        except JournalFault as fault:
            self._journal.rollback()
            self._note(fault)

    def flush(self) -> None:
        """One transaction for all that was collected, then the answers."""
        self._is_scheduled = False
        received, self._received = self._received, []
        marked, self._marked = self._marked, []
        asked, self._asked = self._asked, []
        now = self._clock()
        answers = self._attempt(received, marked, asked, now)
        if answers is None:
            answers = [b"".join([self._alone(one.sender, item, now) for item in one.items]) for one in received]
            self._marks_alone(marked, asked, now)
        for one, answer in zip(received, answers, strict=True):
            one.sender.answer(answer)
        self._feeds.publish()

    def _want_flush(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            self._schedule(self.flush)

    def _attempt(
        self, received: Sequence[Received], marked: Sequence[Marked], asked: Sequence[Asked], now: datetime
    ) -> list[bytes] | None:
        """One transaction for all of it; the answer to each piece, or None when nothing of it was kept."""
        try:
            filed = [[self._file(one.sender, item, now) for item in one.items] for one in received]
            for batch in marked:
                for mark in batch.marks:
                    self._journal.mark(mark)
            results = [one.act(self._journal) for one in asked]
            again = self._journal.commit()
        except Exception as fault:  # noqa: BLE001  whatever it is, only what caused it may suffer
            self._journal.rollback()
            self._is_refusing |= bool(received)
            self._note(fault)
            return None
        if received or not self._is_refusing:
            self._is_refusing = False
            self._note(None)
        self._tell(received, filed, now)
        self._settle(marked)
        self._give_again(again)
        for one, result in zip(asked, results, strict=True):
            one.done.set_result(result)
        return [b"".join([each.answer for each in several]) for several in filed]

    def _alone(self, sender: Sender, item: bytes | FramingFault, now: datetime) -> bytes:
        """One item in a transaction of its own; AE when it cannot be kept."""
        answers = self._attempt((Received(sender, (item,)),), (), (), now)
        return wrap(journal_fault(item, self._shapes, f"E{to_us(now)}", now)) if answers is None else answers[0]

    def _marks_alone(self, marked: Sequence[Marked], asked: Sequence[Asked], now: datetime) -> None:
        for batch in marked:
            if self._attempt((), (batch,), (), now) is None:
                batch.done.set_exception(JournalFault("the journal could not write what became of messages"))
        for one in asked:
            if self._attempt((), (), (one,), now) is None:
                one.done.set_exception(JournalFault("the journal could not write what was asked of it"))

    def _file(self, sender: Sender, item: bytes | FramingFault, now: datetime) -> Filed:
        heard = hear(item, self._shapes)
        if heard.code is AckCode.AA:
            known = self._journal.remembered(sender.link, heard.control_id, heard.digest)
            if known is not None:
                heard = compare(heard, known)
                if heard.outcome.state is State.duplicate:
                    return self._append(sender, heard, now, known.ack, known.seq)
        ack = None if heard.code is None else heard.acknowledge(f"T{self._journal.next_seq}", now)
        return self._append(sender, heard, now, ack, None)

    def _append(self, sender: Sender, heard: Heard, now: datetime, ack: bytes | None, first: int | None) -> Filed:
        shape = heard.shape
        arrival = Arrival(
            sender.link,
            sender.peer,
            now,
            heard.raw,
            heard.control_id,
            "" if shape is None else shape.sender,
            "" if shape is None else shape.event,
            heard.digest,
            heard.size_bytes,
        )
        seq = self._journal.append(arrival, outcome=heard.outcome, ack_code=heard.code or "", ack=ack, first=first)
        return Filed(seq, heard.outcome, b"" if ack is None else wrap(ack))

    def _tell(self, received: Sequence[Received], filed: Sequence[Sequence[Filed]], now: datetime) -> None:
        """After the commit: the feeds know, and the applier wakes."""
        is_work = False
        for one, several in zip(received, filed, strict=True):
            link, others = one.sender.link, []
            for each in several:
                state = each.outcome.state
                if state is State.waiting:
                    self._feeds.taken(link, each.seq, now)
                    is_work = True
                elif state is State.duplicate:
                    self._feeds.heard(link, now)
                else:
                    others.append(each)
            if others:
                _log_not_taken(one.sender, others)
        if is_work:
            self._wake()

    def _settle(self, marked: Sequence[Marked]) -> None:
        for batch in marked:
            for mark in batch.marks:
                self._feeds.settled(mark.seq)
            batch.done.set_result(None)

    def _give_again(self, again: Sequence[Backlog]) -> None:
        for one in again:
            self._feeds.waits_again(one.link, one.seq, one.received)
        if again:
            self._wake()

    def _note(self, fault: Exception | None) -> None:
        """Keep the state of the journal to be seen, and log when it changes."""
        told = None if fault is None else type(fault).__name__ if not isinstance(fault, JournalFault) else str(fault)
        if told != self.fault:
            _log.error("the journal failed", fault=told) if told else _log.info("the journal writes again")
        self.fault = told


def _log_not_taken(sender: Sender, filed: Sequence[Filed]) -> None:
    """One line a piece, however much is wrong in it."""
    reasons = sorted({one.outcome.reason or "" for one in filed})
    _log.warning("not taken", link=sender.link, peer=sender.peer, seq=filed[0].seq, number=len(filed), reasons=reasons)
