"""A turn filed the quick way is a turn filed with care: the same rows, the same answers."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, strategies as st

from tabard.hl7v2 import Unreadable
from tabard.journal import AckState, JournalReader, JournalWriter, State
from tabard.link.shapes import Shapes
from tabard.link.turn import Received, Turn

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Sender:
    """Says nothing."""

    link, peer = "lorenzo", "127.0.0.1:1"

    def answer(self, frames: bytes, *, later: int = 0) -> None:
        """Nothing."""

    def answer_later(self, frame: bytes) -> None:
        """Nothing."""

    def delivery(self) -> AckState:
        """All is well."""
        return AckState.delivered


def message(number: int, *, time: str = "1", tail: str = "P|2.4") -> bytes:
    return f"MSH|^~\\&|A|B|C|D|{time}||ADT^A01|C{number}|{tail}\rPID|{number}\r".encode()


_FIELD = st.sampled_from(["", "1", "2026", "C1", '""', "a\nb", "a\rb", "é", "x" * 40])


@given(
    st.lists(
        st.tuples(_FIELD, _FIELD, st.sampled_from(["P|2.4", "P|2.4|7", "P|2.4|||AL|NE", "P"])), min_size=1, max_size=6
    )
)
def test_a_glance_sees_what_reading_sees(headers: list[tuple[str, str, str]]) -> None:
    """Whatever came before, a glance gives the shape and control id that reading in full gives, or nothing."""
    shapes = Shapes()
    for time, control_id, tail in headers:
        frame = f"MSH|^~\\&|A|B|C|D|{time}||ADT^A01|{control_id}|{tail}\rPID|1\r".encode("latin-1")
        glanced = shapes.glance(frame)
        try:
            shape, known_id = shapes.read(frame)
        except Unreadable:
            assert glanced is None
            continue
        if glanced is not None:
            seen, seen_id = glanced
            assert (seen, seen_id.decode()) == (shape, known_id)


def test_a_sender_that_counts_is_known_at_a_glance() -> None:
    """What no answer depends on, such as the sequence number (MSH-13), may differ from message to message; nothing else may."""
    shapes = Shapes()
    shape, _ = [shapes.read(message(n, tail="P|2.4|1||AL|NE|GBR|8859/1|EN||ITKv1.0")) for n in range(2)][-1]
    assert shapes.glance(message(2, tail="P|2.4|2||AL|NE|IRL|8859/1|EN||ITKv1.1")) == (shape, b"C2")
    for tail in (
        "P|2.4|3||NE|NE|GBR|8859/1|EN||ITKv1.0",
        "T|2.4|3||AL|NE|GBR|8859/1|EN||ITKv1.0",
        "P|2.4|3||AL|NE|GBR",
    ):
        assert shapes.glance(message(3, tail=tail)) is None
    assert shapes.glance(message(3).replace(b"ADT^A01", b"ADT^A08")) is None
    assert shapes.glance(message(3, tail="P|2.4|3||AL|NE|GBR|UTF-8|EN||ITKv1.0")) is None


def test_a_feed_of_many_events_is_known_at_a_glance() -> None:
    """Each event that came before is, in whatever order they come; another sender in between begins anew."""
    shapes = Shapes()
    frames = [message(n).replace(b"ADT^A01", event) for n, event in enumerate((b"ADT^A01", b"ADT^A08", b"ORU^R01"))]
    read = [shapes.read(frame)[0] for frame in frames]
    assert [one.event for one in read] == ["ADT^A01", "ADT^A08", "ORU^R01"]
    assert [shapes.glance(frame) for frame in frames] == [(one, b"C%d" % n) for n, one in enumerate(read)]
    shapes.read(message(9).replace(b"|A|B|", b"|X|Y|"))
    assert [shapes.glance(frame) for frame in frames] == [None, None, None]


def filed(
    path: Path, pieces: list[list[bytes]], *, is_quick: bool
) -> tuple[list[object], list[bytes], dict[str, list[int]]]:
    """What is in the journal afterwards, the answers, and what is to be applied."""
    journal, shapes = JournalWriter(path), {"lorenzo": Shapes()}
    for number in range(2):
        shapes["lorenzo"].read(message(number))
    turn = Turn(journal, shapes, NOON)
    received: list[Received] = [(Sender(), items) for items in pieces]
    if is_quick:
        turn.file(received)
    else:
        turn._file_with_care(received)
    journal.commit()
    reader = JournalReader(path)
    entries: list[object] = [(entry, reader.raw(entry.seq)) for entry in reader.entries()]
    assert reader.counts()["waiting"] == len({item for items in pieces for item in items})
    assert reader.counts() == reader.recount()
    reader.close()
    journal.close()
    return entries, [one.frames for one in turn.answers], turn.waiting


@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=3), min_size=1, max_size=6))
def test_the_quick_way_is_the_same_way(numbers: list[list[int]]) -> None:
    """New messages, and the same again within the turn: both ways the journal and the answers are the same."""
    pieces = [[message(number) for number in several] for several in numbers]
    with TemporaryDirectory() as folder:
        quick = filed(Path(folder) / "quick.db", pieces, is_quick=True)
        careful = filed(Path(folder) / "careful.db", pieces, is_quick=False)
    assert quick == careful


def test_a_control_id_of_any_characters_is_remembered(tmp_path: Path) -> None:
    """Also one with NUL in it, which ends a text for SQLite's own functions."""
    journal, shapes = JournalWriter(tmp_path / "journal.db"), {"lorenzo": Shapes()}
    frame = message(1).replace(b"C1", b"A\x00B")
    for _ in range(2):
        Turn(journal, shapes, NOON).file([(Sender(), [frame])])
        journal.commit()
    assert [line.state for line in JournalReader(tmp_path / "journal.db").entries()] == [State.duplicate, State.waiting]
