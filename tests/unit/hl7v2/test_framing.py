"""Framing: the same frames however the network cuts them, faults told apart, memory bounded."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from strategies.hl7v2 import streams
from tabard.hl7v2 import FaultReason, Framer, FramingFault, wrap
from tabard.hl7v2.framing import HEAD_BYTES

_LIMIT = 20


def _junk(head: bytes) -> FramingFault:
    return FramingFault(FaultReason.junk_between_frames, len(head), head)


def _unfinished(head: bytes) -> FramingFault:
    return FramingFault(FaultReason.unfinished, len(head), head)


def _told(framer: Framer, *chunks: bytes) -> list[bytes | FramingFault]:
    told = [each for chunk in chunks for each in framer.feed(chunk)]
    last = framer.finish()
    return told if last is None else [*told, last]


def test_a_frame_is_what_stands_between_vt_and_fs() -> None:
    """Nothing is added to a message and nothing taken away."""
    assert _told(Framer(100), wrap(b"MSH|a\r") + wrap(b"MSH|b\r")) == [b"MSH|a\r", b"MSH|b\r"]


def test_blank_lines_between_frames_are_no_fault() -> None:
    """Some senders end with CR LF, some test the line with a lone CR."""
    assert _told(Framer(100), b"\r\n" + wrap(b"a") + b"\n" + wrap(b"b") + b"\r\r") == [b"a", b"b"]


def test_a_frame_ends_at_fs_even_without_cr() -> None:
    """A sender that leaves the CR out waits for its answer: waiting for the CR would be waiting for ever."""
    framer = Framer(100)
    assert framer.feed(b"\x0ba\x1c") == [b"a"]
    assert not framer.is_inside
    assert framer.feed(b"\x0bb\x1c\r") == [b"b"]
    assert framer.finish() is None


def test_junk_before_a_frame_is_told_and_the_frame_is_read() -> None:
    """Whoever speaks another protocol on this port is seen, and does not stop the next message."""
    assert _told(Framer(100), b"GET / HTTP/1.1\r\n" + wrap(b"a")) == [_junk(b"GET / HTTP/1.1\r\n"), b"a"]


def test_a_new_start_before_an_end_is_an_unfinished_frame() -> None:
    """A sender that broke off and began again has its first try told, and its second read."""
    assert _told(Framer(100), b"\x0bMSH|half\x0bMSH|whole\x1c\r") == [_unfinished(b"MSH|half"), b"MSH|whole"]


def test_a_start_alone_is_an_unfinished_frame_of_nothing() -> None:
    """One rule for all: what began and did not end is told, however little it was."""
    assert _told(Framer(100), b"\x0b\x0ba\x1c\r\x0b") == [_unfinished(b""), b"a", _unfinished(b"")]


def test_a_framer_knows_whether_it_is_inside_a_frame() -> None:
    """A sender that has begun is waited for only so long; one that is silent between frames may be silent for hours."""
    framer = Framer(_LIMIT)
    seen = [
        (framer.feed(data), framer.is_inside)[1] for data in (b"\r", b"x", b"\x0b", b"a", b"b" * 30, b"\x1c", b"\r")
    ]
    assert seen == [False, False, True, True, True, False, False]


def test_what_is_left_at_the_end_is_told() -> None:
    """A connection that closes inside a frame leaves a trace."""
    framer = Framer(100)
    assert framer.feed(b"\x0bMSH|ha") == []
    assert framer.finish() == _unfinished(b"MSH|ha")
    assert framer.finish() is None
    assert framer.feed(wrap(b"b")) == [b"b"]
    assert framer.feed(b"junk") == []
    assert framer.finish() == _junk(b"junk")


@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_frame_over_the_limit_is_one_fault(size: int) -> None:
    """It is discarded up to its end, and the next frame is read."""
    data = wrap(b"a" * _LIMIT) + wrap(b"b" * (_LIMIT + 1)) + wrap(b"c")
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    fault = FramingFault(FaultReason.too_large, _LIMIT + 1, b"b" * (_LIMIT + 1))
    assert _told(Framer(_LIMIT), *chunks) == [b"a" * _LIMIT, fault, b"c"]


def test_an_oversized_frame_that_never_ends_is_told_as_such() -> None:
    """Size and reason are known even when the sender hangs up, or begins again."""
    fault = FramingFault(FaultReason.too_large, 30, b"b" * 30)
    assert _told(Framer(_LIMIT), b"\x0b" + b"b" * 30) == [fault]
    assert _told(Framer(_LIMIT), b"\x0b" + b"b" * 30 + b"\x0ba\x1c") == [fault, b"a"]


@pytest.mark.parametrize("start", [b"\x0b", b""])
def test_fifty_megabytes_are_not_held(start: bytes) -> None:
    """One runaway sender, inside a frame or outside, must not take the memory of all."""
    chunk = b"x" * 65_536
    framer = Framer(1 << 20)
    tracemalloc.start()
    try:
        framer.feed(start)
        for _ in range(800):
            assert framer.feed(chunk) == []
        told = framer.feed(b"\x1c\r" + wrap(b"next"))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 4 << 20
    fault = told[0]
    assert isinstance(fault, FramingFault)
    assert fault.head == b"x" * HEAD_BYTES
    assert fault.size_bytes >= 800 * 65_536
    assert told[1:] == [b"next"]


def test_a_fault_does_not_show_the_message_in_a_trace() -> None:
    """The head of a broken message is patient data."""
    assert "ZEBEDEE" not in repr(_unfinished(b"PID|ZEBEDEE"))


def _expected(data: bytes, limit_bytes: int) -> list[bytes | FramingFault]:
    """What a stream means, one byte after the other: the framer's plain reference."""
    told: list[bytes | FramingFault] = []
    held, is_inside = b"", False
    for byte in (data[at : at + 1] for at in range(len(data))):
        if byte == b"\x0b":
            told += _content(held, limit_bytes, is_ended=False) if is_inside else _between(held)
            held, is_inside = b"", True
        elif byte == b"\x1c" and is_inside:
            told += _content(held, limit_bytes, is_ended=True)
            held, is_inside = b"", False
        else:
            held += byte
    return told + (_content(held, limit_bytes, is_ended=False) if is_inside else _between(held))


def _between(held: bytes) -> list[bytes | FramingFault]:
    junk = held.lstrip(b"\r\n")
    return [_junk(junk)] if junk else []


def _content(content: bytes, limit_bytes: int, *, is_ended: bool) -> list[bytes | FramingFault]:
    if len(content) > limit_bytes:
        return [FramingFault(FaultReason.too_large, len(content), content)]
    if is_ended:
        return [content]
    return [_unfinished(content)]


@given(streams, st.lists(st.integers(0, 400), max_size=12), st.sampled_from([_LIMIT, 1000]))
def test_any_cutting_gives_the_same_frames(data: bytes, cuts: list[int], limit_bytes: int) -> None:
    """Chunks are the network's affair; frames and faults are what was sent."""
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    expected = _expected(data, limit_bytes)
    assert _told(Framer(limit_bytes), data) == expected
    assert _told(Framer(limit_bytes), *(data[start:end] for start, end in pairwise(places))) == expected
    assert _told(Framer(limit_bytes), *(data[at : at + 1] for at in range(len(data)))) == expected


@given(st.binary(max_size=200), st.integers(0, 30))
def test_no_byte_goes_by_unseen(data: bytes, limit_bytes: int) -> None:
    """Of any bytes whatever, each is in a frame, in a fault, or one of VT, FS and the blanks between frames."""
    told = _told(Framer(limit_bytes), data)
    seen = sum(each.size_bytes if isinstance(each, FramingFault) else len(each) for each in told)
    marks = sum(data.count(mark) for mark in (b"\x0b", b"\x1c", b"\r", b"\n"))
    assert len(data) - marks <= seen <= len(data)
