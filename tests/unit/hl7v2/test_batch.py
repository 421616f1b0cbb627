"""Batch files: every message is given, and what the trailers count is checked."""

import pytest
from hypothesis import given, strategies as st

from strategies.hl7v2 import batch_files
from tabard.hl7v2 import BatchReason, read_batch, split_messages, wrap

_ONE = b"MSH|^~\\&|PAS||||||ADT^A01|1\rPID|||1\r"
_TWO = b"MSH|^~\\&|PAS||||||ADT^A01|2\rPID|||2\r"
_FHS = b"FHS|^~\\&|PAS|RXX|||20260301||load^1\r"
_BHS = b"BHS|^~\\&|PAS|RXX\r"


def _reasons(file_bytes: bytes) -> list[str]:
    return [fault.reason.value for fault in read_batch(file_bytes).faults]


def test_a_batch_file_gives_its_header_and_every_message() -> None:
    """Fields of the header have the standard's numbers."""
    batch = read_batch(_FHS + _BHS + _ONE + _TWO + b"BTS|2\r" + _BHS + _ONE + b"BTS|1\rFTS|2\r")
    assert batch.messages == (_ONE, _TWO, _ONE)
    assert batch.faults == ()
    assert batch.batches == 2
    assert batch.header is not None
    assert (batch.header.name, batch.header.field(1).text, batch.header.field(3).text) == ("FHS", "|", "PAS")
    assert batch.header.field(9).component(2).text == "1"


def test_a_file_without_the_protocol_is_a_batch_without_header() -> None:
    """Messages one after another, or framed."""
    for file_bytes in (_ONE + _TWO, wrap(_ONE) + wrap(_TWO)):
        batch = read_batch(file_bytes)
        assert (batch.header, batch.messages, batch.faults, batch.batches) == (None, (_ONE, _TWO), (), 0)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_end_as_the_file_ends_them(end: str) -> None:
    """A file of another system is counted alike."""
    file_bytes = (_FHS + _BHS + _ONE + b"BTS|1\rFTS|1\r").replace(b"\r", end.encode())
    assert read_batch(file_bytes).faults == ()
    assert len(read_batch(file_bytes).messages) == 1


@pytest.mark.parametrize(
    ("file_bytes", "reasons"),
    [
        (_BHS + _ONE + b"BTS|2\r", ["wrong_count"]),
        (_BHS + _ONE + _TWO + b"BTS|1\r", ["wrong_count"]),
        (_BHS + _ONE + b"BTS\r", []),
        (_BHS + _ONE + b"BTS||comment\r", []),
        (_BHS + _ONE + b"BTS|one\r", ["unreadable_count"]),
        (_BHS + _ONE + b"BTS|-1\r", ["unreadable_count"]),
        (_BHS + _ONE, ["not_closed"]),
        (_BHS + _ONE + _BHS + _TWO + b"BTS|1\r", ["not_closed"]),
        (_FHS + _BHS + _ONE + b"BTS|1\r", ["not_closed"]),
        (_FHS + _BHS + _ONE + b"FTS|1\r", ["not_closed"]),
        (_FHS + _BHS + _ONE + b"BTS|1\rFTS|2\r", ["wrong_count"]),
        (_ONE + b"BTS|1\r", ["not_opened"]),
        (_BHS + _ONE + b"BTS|1\rFTS|1\r", ["not_opened"]),
        (_BHS + _ONE + b"BTS|1\r" + _TWO, ["outside_batch"]),
        (_FHS + _BHS + b"BTS|0\rFTS|1\r" + _TWO, ["after_end", "outside_batch"]),
        (b"BHS|||\r" + _ONE + b"BTS|1\r", ["unusable_header"]),
        (_BHS + b"PID|||9\r" + _ONE + b"BTS|1\r", ["no_message"]),
        (_FHS + b"FTS|0\r" + _FHS + _BHS + _ONE + b"BTS|1\rFTS|1\r", []),
        (_FHS + _ONE + b"FTS|0\r", []),
    ],
)
def test_what_does_not_add_up_is_told(file_bytes: bytes, reasons: list[str]) -> None:
    """A message lost on the way is seen, and what is there is given all the same."""
    assert _reasons(file_bytes) == reasons
    assert [one for one in read_batch(file_bytes).messages if one.startswith(b"MSH")] == [
        one for one in split_messages(file_bytes) if one.startswith(b"MSH")
    ]


def test_a_fault_says_where_and_what() -> None:
    """By numbers and segment names, never by content."""
    (fault,) = read_batch(_BHS + _ONE + b"BTS|12\r").faults
    assert (fault.reason, fault.segment, fault.expected, fault.got) == (BatchReason.wrong_count, "BTS", "12", "1")
    assert fault.at_byte == len(_BHS + _ONE)


def test_counts_stand_behind_the_files_own_separator() -> None:
    """FHS and BHS declare it, as MSH does."""
    assert _reasons(b"BHS!*%/@!PAS\r" + _ONE + b"BTS!2\r") == ["wrong_count"]


def test_lines_between_a_header_and_the_first_message_are_given_to_be_refused() -> None:
    """Nothing goes by unseen."""
    assert list(split_messages(_BHS + b"PID|||9\r" + _ONE)) == [b"PID|||9\r", _ONE]


@given(batch_files | st.binary(max_size=60))
def test_any_file_is_read_and_nothing_is_passed_over(file_bytes: bytes) -> None:
    """Every line but those of the protocol is in what is given, once and in order."""
    batch = read_batch(file_bytes)
    assert batch.messages == tuple(split_messages(file_bytes))
    if b"\x0b" not in file_bytes:
        lines = [line for line in file_bytes.replace(b"\n", b"\r").split(b"\r") if line.strip()]
        given_lines = [
            line for one in batch.messages for line in one.replace(b"\n", b"\r").split(b"\r") if line.strip()
        ]
        kept = [line for line in lines if line[:3] not in {b"FHS", b"BHS", b"BTS", b"FTS"}]
        assert [line for line in given_lines if line[:3] not in {b"FHS", b"BHS", b"BTS", b"FTS"}] == kept
    for fault in batch.faults:
        assert 0 <= fault.at_byte <= len(file_bytes)
