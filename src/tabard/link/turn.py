"""One turn of the intake's loop: what came, how it is filed in the journal, and what its senders are answered."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from tabard.ground.time import to_us
from tabard.hl7v2 import AckCode, FramingFault, wrap
from tabard.journal import AckState, JournalWriter, Mark, NewRow, Outcome, Remembered, Row, State
from tabard.link.acknowledgement import Heard, compare, hear
from tabard.link.shapes import PARTS, Shape, Shapes


class Sender(Protocol):
    """The other end of a connection, as the intake knows it."""

    link: str
    peer: str

    def answer(self, frames: bytes, *, later: int = 0) -> None:
        """Send framed acknowledgements of one piece; `later` more will come by `answer_later`. One that has gone gets nothing."""
        ...

    def answer_later(self, frame: bytes) -> None:
        """Send one of those that were to come later."""
        ...

    def delivery(self) -> AckState:
        """How what was answered so far fares: delivered (given to the network), pending, undelivered."""
        ...


Received = tuple[Sender, Sequence[bytes | FramingFault]]
"""What one connection brought in one piece."""


class Marked(Struct, frozen=True, gc=False):
    """What became of messages, and who waits for it to be written."""

    marks: Sequence[Mark]
    done: Future[None]


class Asked(Struct, frozen=True, gc=False):
    """Something else to be done with the journal in the turn's transaction, and who waits for its result."""

    act: Callable[[JournalWriter], object]
    done: Future[Any]


class Answered(Struct, frozen=True, gc=False):
    """What one piece's sender is answered, the numbers of its messages, and how many answers come once they are applied."""

    sender: Sender
    frames: bytes
    seqs: Sequence[int]
    later: int = 0


class Owed(Struct, frozen=True, gc=False):
    """An answer that is given once it is known what became of the message."""

    sender: Sender
    shape: Shape
    control_id: str
    seq: int


class Quick:
    """The pieces of a turn as rows, on the supposition that each message is new and has the shape of one before it."""

    __slots__ = ("_now", "_now_us", "_seq", "_shapes", "answers", "control_ids", "rows", "waiting")

    def __init__(self, seq: int, shapes: Mapping[str, Shapes], now: datetime, now_us: int) -> None:
        self._seq = seq
        self._shapes = shapes
        self._now = now
        self._now_us = now_us
        self.rows: list[NewRow] = []
        self.control_ids: dict[str, list[str]] = {}
        self.answers: list[Answered] = []
        self.waiting: dict[str, list[int]] = {}

    def add(self, received: Sequence[Received]) -> bool:
        """Add all pieces; False where the supposition does not hold: then nothing of this may be used.

        This is where an intake's time goes: what is looked up is looked up once, and nothing is made that is not kept.
        """
        seq, now, now_us, shapes = self._seq, self._now, self._now_us, self._shapes
        add_row, add_answer = self.rows.append, self.answers.append
        for sender, items in received:
            link, peer, first, frames = sender.link, sender.peer, seq, b""
            glance = shapes[link].glance
            control_ids = self.control_ids.setdefault(link, [])
            for raw in items:
                if not isinstance(raw, bytes) or (glanced := glance(raw)) is None:
                    return False
                shape, control = glanced
                parts = shape.parts if shape.at is now else shape.template(now)
                if len(parts) != PARTS or shape.condition is not None:
                    return False
                control_id = control.decode()
                control_ids.append(control_id)
                add_row((seq, link, now_us, peer, control_id, shape.sender, shape.event, len(raw), shape.code, raw))
                frames += b"%bT%d%b%b%b" % (parts[0], seq, parts[1], control, parts[2])
                seq += 1
            add_answer(Answered(sender, frames, range(first, seq)))
            self.waiting.setdefault(link, []).extend(range(first, seq))
        return True


class Turn:
    """Files what came in one turn. All of it is then committed, or nothing."""

    def __init__(self, journal: JournalWriter, shapes: Mapping[str, Shapes], now: datetime) -> None:
        self._journal = journal
        self._shapes = shapes
        self._now = now
        self._now_us = to_us(now)
        self._rows: list[Row] = []
        self._fates: dict[int, Outcome] = {}
        self._pending: list[int] = []
        self._seq = journal.next_seq
        self.answers: list[Answered] = []
        self.waiting: dict[str, list[int]] = {}
        """By link, the numbers of the messages that are now to be applied."""
        self.heard: set[str] = set()
        """Links of which a message came that came before."""
        self.not_taken: list[tuple[Sender, int, Outcome]] = []
        self.owed: list[tuple[int, Owed]] = []
        """Answers owed once the message of the number is applied."""

    def file(self, received: Sequence[Received]) -> None:
        """Add everything to the journal, in order.

        Mostly all of a turn are new messages of known shapes, and that is tried first, with as little ado as can be.
        """
        quick = Quick(self._journal.next_seq, self._shapes, self._now, self._now_us)
        if quick.add(received) and not self._known(quick.control_ids):
            self._journal.append_new(quick.rows, quick.control_ids, quick.waiting)
            self.answers, self.waiting = quick.answers, quick.waiting
            return
        self._file_with_care(received)

    def _file_with_care(self, received: Sequence[Received]) -> None:
        heard = [(sender, [hear(item, self._shapes[sender.link]) for item in items]) for sender, items in received]
        control_ids: dict[str, list[str]] = {}
        for sender, several in heard:
            control_ids.setdefault(sender.link, []).extend(each.control_id for each in several if each.digest)
        known = self._known(control_ids)
        for sender, several in heard:
            self._piece(sender, several, known)
        self._write()

    def _known(self, control_ids: Mapping[str, Sequence[str]]) -> set[tuple[str, str]]:
        """Those under which something came before, or comes twice in this turn."""
        known = self._journal.known(control_ids)
        for link, ids in control_ids.items():
            if len(set(ids)) < len(ids):
                known.update((link, control_id) for control_id, number in Counter(ids).items() if number > 1)
        return known

    def _piece(self, sender: Sender, several: Sequence[Heard], known: set[tuple[str, str]]) -> None:
        link, before, owed = sender.link, self._seq, len(self.owed)
        frames: list[bytes] = []
        for heard in several:
            shape = heard.shape
            if not heard.digest or shape is None:
                frames.append(self._refuse(sender, heard))
            elif (link, heard.control_id) in known:
                frames.append(self._look_back(sender, heard, shape))
            else:
                frames.append(self._take(sender, heard, shape))
        seqs = range(before, self._seq)
        self.answers.append(Answered(sender, b"".join(frames), seqs, len(self.owed) - owed))

    def _take(self, sender: Sender, heard: Heard, shape: Shape) -> bytes:
        """A message that is new."""
        seq, link = self._seq, sender.link
        self._add(sender, heard, shape.code, flags=" ".join(heard.outcome.flags))
        waiting = self.waiting.get(link)
        if waiting is None:
            self.waiting[link] = [seq]
        else:
            waiting.append(seq)
        if shape.condition is not None:
            self._owe(seq, Owed(sender, shape, heard.control_id, seq))
        return shape.accepted(heard.control_id, seq, self._now)

    def _look_back(self, sender: Sender, heard: Heard, shape: Shape) -> bytes:
        """A message whose control id is known: the same again, or another."""
        self._write()
        known = self._journal.remembered(sender.link, heard.control_id, heard.digest)
        heard = heard if known is None else compare(heard, known)
        if known is None or not known.is_same:
            return self._take(sender, heard, shape)
        seq = self._seq
        self._add(sender, heard, known.ack_code, first=known.seq)
        self._fates[seq] = heard.outcome
        self.heard.add(sender.link)
        if shape.condition is not None and known.later is None and known.state is State.waiting:
            self._owe(known.seq, Owed(sender, shape, heard.control_id, seq))
        return _again(heard, shape, known, self._now)

    def _refuse(self, sender: Sender, heard: Heard) -> bytes:
        """What cannot be taken as a message."""
        seq, code = self._seq, heard.refusal("R")
        self._add(sender, heard, "" if code is None else code.value)
        self._fates[seq] = heard.outcome
        self.not_taken.append((sender, seq, heard.outcome))
        return b"" if code is None else heard.acknowledge(code, f"T{seq}", self._now, heard.outcome.detail or "")

    def _add(self, sender: Sender, heard: Heard, code: str, *, flags: str = "", first: int | None = None) -> None:
        shape = heard.shape
        self._rows.append(
            (
                self._seq,
                sender.link,
                self._now_us,
                sender.peer,
                heard.control_id,
                "" if shape is None else shape.sender,
                "" if shape is None else shape.event,
                heard.digest,
                heard.size_bytes,
                flags,
                code,
                None,
                first,
                heard.raw if first is None else None,
            )
        )
        self._seq += 1

    def _owe(self, first: int, owed: Owed) -> None:
        self.owed.append((first, owed))
        self._pending.append(owed.seq)

    def _write(self) -> None:
        if self._rows:
            self._journal.append_all(self._rows, self._fates)
            for seq in self._pending:
                self._journal.note_answer(seq, AckState.pending)
            self._rows, self._fates, self._pending = [], {}, []


def _again(heard: Heard, shape: Shape, known: Remembered, now: datetime) -> bytes:
    """What the first one was answered: kept, or made again, byte for byte, of the same header, number and time."""
    first = b""
    if known.ack is not None:
        first = wrap(known.ack)
    elif known.ack_code:
        first = heard.acknowledge(AckCode(known.ack_code), f"T{known.seq}", known.received)
    if known.later is not None:
        return first + wrap(known.later)
    code = None if known.state is State.waiting else shape.outcome(is_parked=False)
    return first if code is None else first + heard.acknowledge(code, f"A{known.seq}", now)
