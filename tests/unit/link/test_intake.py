"""Intake without sockets: one commit a turn, answers only after it, and nobody suffers for another."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tabard.hl7v2 import (
    AckCode,
    Framer,
    FramingFault,
    Unreadable,
    acknowledge,
    is_enhanced,
    must_answer,
    parse,
    read_header,
    wrap,
)
from tabard.journal import (
    AckState,
    Backlog,
    JournalFault,
    JournalReader,
    JournalWriter,
    Mark,
    NewRow,
    Outcome,
    Row,
    State,
    digest_of,
)
from tabard.link import LinkSettings
from tabard.link.claims import Claims
from tabard.link.feeds import Feeds
from tabard.link.intake import Intake
from tabard.link.shapes import Shapes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = LinkSettings("lorenzo", "itk-2.4", 0)


def message(control_id: str, *, time: str = "1", body: str = "PID|1") -> bytes:
    return f"MSH|^~\\&|A|B|C|D|{time}||ADT^A01|{control_id}|P|2.4\r{body}\r".encode()


class Sender:
    """Remembers what it was answered."""

    link, peer = "lorenzo", "127.0.0.1:1"

    def __init__(self) -> None:
        self.answers: list[tuple[str, str]] = []
        self.fate = AckState.delivered

    def delivery(self) -> AckState:
        """As the test says."""
        return self.fate

    def answer_later(self, frame: bytes) -> None:
        """The same."""
        self.answer(frame)

    def answer(self, frames: bytes, *, later: int = 0) -> None:
        """Read the acknowledgements."""
        del later
        for frame in Framer(10_000).feed(frames):
            assert not isinstance(frame, FramingFault)
            msa = parse(frame).first("MSA")
            assert msa is not None
            self.answers.append((msa.field(1).raw, msa.field(2).raw))


class Poisoned(JournalWriter):
    """Cannot write a message with the control id `poison`; cannot commit while `is_broken`."""

    is_broken = False
    fails = 0
    commits = 0

    def append_all(self, rows: Sequence[Row], fates: Mapping[int, Outcome]) -> None:
        """Fail on poison."""
        if any(row[4] == "poison" for row in rows):
            raise ValueError
        super().append_all(rows, fates)

    def append_new(
        self, rows: Sequence[NewRow], control_ids: Mapping[str, Sequence[str]], seqs: Mapping[str, Sequence[int]]
    ) -> None:
        """Fail on poison."""
        if any(row[4] == "poison" for row in rows):
            raise ValueError
        super().append_new(rows, control_ids, seqs)

    def commit(self) -> tuple[Backlog, ...]:
        """Count, and fail while broken."""
        self.commits += 1
        if self.is_broken or self.fails:
            self.fails = max(self.fails - 1, 0)
            raise JournalFault("broken")
        return super().commit()


class Turn:
    """An intake whose loop is turned by the test."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.db"
        self.journal = Poisoned(self.path)
        self.claims = Claims()
        self.scheduled: list[object] = []
        self.feeds = Feeds([SETTINGS], lambda: NOON)
        self.intake = Intake(
            self.journal,
            self.feeds,
            lambda: NOON,
            schedule=self.scheduled.append,
            claims=self.claims,
            shapes={"lorenzo": Shapes()},
        )

    def reader(self) -> JournalReader:
        """What is durable."""
        return JournalReader(self.path)


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    return Turn(tmp_path)


def test_a_turn_is_one_commit_and_answers_come_after_it(turn: Turn) -> None:
    """Whatever many senders bring before the turn is committed once; nobody is answered before."""
    senders = [Sender() for _ in range(5)]
    for number, sender in enumerate(senders):
        turn.intake.take(sender, [message(f"{number}")])
        assert sender.answers == []
    assert len(turn.scheduled) == 1
    turn.intake.flush()
    assert [sender.answers for sender in senders] == [[("AA", str(number))] for number in range(5)]
    assert (turn.journal.commits, turn.feeds.read()[0].waiting) == (1, 5)
    assert turn.claims.take(9) == tuple(("lorenzo", seq) for seq in range(1, 6))


def test_what_cannot_be_kept_harms_only_itself(turn: Turn) -> None:
    """One message that the journal cannot take is answered AE; the others of its turn, its own sender's too, are taken."""
    one, other = Sender(), Sender()
    turn.intake.take(one, [message("a"), message("poison"), message("b")])
    turn.intake.take(other, [message("c")])
    turn.intake.flush()
    assert one.answers == [("AA", "a"), ("AE", "poison"), ("AA", "b")]
    assert other.answers == [("AA", "c")]
    assert turn.reader().counts()["received"] == 3


def test_a_broken_journal_takes_nothing_and_says_so(turn: Turn) -> None:
    """While commits fail, all get AE, marks fail, the feed stays as it was and the fault is seen; afterwards all goes on."""
    sender, done = Sender(), Future[None]()
    turn.journal.is_broken = True
    turn.intake.take(sender, [message("a")])
    turn.intake.put_marks([], done)
    turn.intake.flush()
    assert sender.answers == [("AE", "a")]
    assert isinstance(done.exception(), JournalFault)
    assert turn.intake.fault is not None
    assert turn.feeds.read()[0].last_received is None
    turn.journal.is_broken = False
    turn.intake.take(sender, [message("a")])
    turn.intake.flush()
    assert sender.answers[1:] == [("AA", "a")]
    assert turn.intake.fault is None


def test_a_mark_that_finds_room_does_not_say_that_messages_are_taken(turn: Turn) -> None:
    """After a message was refused, what became of an earlier one may still be written; the fault stands until a message is taken."""
    sender = Sender()
    turn.intake.take(sender, [message("a")])
    turn.intake.flush()
    turn.journal.is_broken = True
    turn.intake.take(sender, [message("b")])
    turn.intake.flush()
    turn.journal.is_broken = False
    turn.intake.put_marks([Mark(1, Outcome(State.applied), NOON)], Future())
    turn.intake.flush()
    turn.intake.tick()
    assert turn.intake.fault is not None
    turn.intake.take(sender, [message("b")])
    turn.intake.flush()
    assert turn.intake.fault is None


def test_a_turn_whose_commit_fails_is_tried_piece_by_piece(turn: Turn) -> None:
    """When the commit of a turn fails once, each message is still taken, once."""
    senders = [Sender() for _ in range(5)]
    for number, sender in enumerate(senders):
        turn.intake.take(sender, [message(f"{number}")])
    turn.journal.fails = 1
    turn.intake.flush()
    assert [sender.answers for sender in senders] == [[("AA", str(number))] for number in range(5)]
    assert turn.reader().counts()["waiting"] == 5
    assert turn.reader().counts() == turn.reader().recount()


def test_marks_go_with_the_next_commit(turn: Turn) -> None:
    """What became of a message is written in the turn's commit, and whoever put it learns when it is durable."""
    done = Future[None]()
    turn.intake.take(Sender(), [message("a")])
    turn.intake.flush()
    turn.intake.put_marks([Mark(1, Outcome(State.applied), NOON)], done)
    assert not done.done()
    turn.intake.flush()
    assert done.done()
    assert turn.reader().counts()["applied"] == 1
    assert turn.feeds.read()[0].waiting == 0


def test_the_time_of_sending_is_not_part_of_the_content() -> None:
    """Two messages that differ in MSH-7 alone are the same; any other difference makes two."""
    assert digest_of(message("a", time="1")) == digest_of(message("a", time="2"))
    assert digest_of(message("a", time="")) == digest_of(message("a", time="2"))
    for other in (message("a", body="PID|2"), message("b"), message("a").replace(b"||", b"|", 1)):
        assert digest_of(other) != digest_of(message("a"))
    assert digest_of(b"MSH|^~\\&|A\rPID|1|2|3|4|5|6|7") != digest_of(b"MSH|^~\\&|A\rPID|1|2|3|X|5|6|7")
    assert digest_of(b"MSH|^~\\&|A\rPID|1|2|4|5|6|7") != digest_of(b"MSH|^~\\&|A\rPID|1|2|X|5|6|7")
    assert digest_of(b"") != digest_of(b"M")


PLAIN = st.sampled_from(["", "A", "B", "A^B", "ADT^A01", "ADT^A02^ADT_A02", '""', "\\T\\", "UNICODE UTF-8", "8859/1"])
WILD = st.text(st.sampled_from('ABC^~\\&\u00e9\r\n"12'), max_size=4)


@given(
    fields=st.lists(PLAIN, min_size=7, max_size=20),
    changes=st.lists(st.tuples(st.integers(0, 19), PLAIN | WILD | st.sampled_from(["AL", "NE", "SU"])), max_size=4),
)
def test_shapes_are_a_shorter_way_to_the_same(fields: list[str], changes: list[tuple[int, str]]) -> None:
    """Among headers that differ in any one field, each gives by its shape what it gives in full: the same answer, digest or refusal."""
    shapes = Shapes()
    for number, (place, text) in enumerate([(99, ""), *changes, (99, "")]):
        changed = [text if place == index else field for index, field in enumerate(fields)]
        header = "|".join(["MSH", "^~\\&", *changed[:7], f"ID{number}", *changed[7:]])
        frame = (header + "\rPID|1\r").encode("latin-1")
        assert by_shape(shapes, frame, number) == in_full(frame, number)


def by_shape(shapes: Shapes, frame: bytes, seq: int) -> tuple[str, str, bytes, bytes] | str:
    try:
        shape, control_id = shapes.read(frame)
    except Unreadable as fault:
        return str(fault)
    return shape.event, shape.sender, shape.accepted(control_id, seq, NOON), digest_of(frame, shape.time_at)


def in_full(frame: bytes, seq: int) -> tuple[str, str, bytes, bytes] | str:
    try:
        header = read_header(frame)
    except Unreadable as fault:
        return str(fault)
    sender = f"{header.sending_application}|{header.sending_facility}"
    code = AckCode.CA if is_enhanced(header) else AckCode.AA
    is_owed = code is AckCode.AA or must_answer(header.accept_condition, code)
    answer = wrap(acknowledge(header, code, control_id=f"T{seq}", at=NOON)) if is_owed else b""
    return header.event, sender, answer, digest_of(frame)


def test_a_shape_is_of_one_separator() -> None:
    """The same header in other delimiters is another shape, answered in its own."""
    shapes, frame = Shapes(), message("a")
    for one in (frame, frame.replace(b"|", b"!")):
        assert by_shape(shapes, one, 1) == in_full(one, 1)


def test_a_shape_counts_the_seconds() -> None:
    """An answer carries the time at which it was made."""
    shape, control_id = Shapes().read(message("a"))
    for at in (NOON, NOON.replace(second=1), NOON):
        expected = acknowledge(read_header(message("a")), AckCode.AA, control_id="T1", at=at)
        assert shape.accepted(control_id, 1, at) == wrap(expected)
