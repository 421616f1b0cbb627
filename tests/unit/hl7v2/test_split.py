"""Files of messages: each message is given once, and nothing is passed over in silence."""

import pytest

from tabard.hl7v2 import Unreadable, parse, split_messages, wrap

_ONE = b"MSH|^~\\&|PAS||||||ADT^A01|1\rPID|||1\r"
_TWO = b"MSH|^~\\&|PAS||||||ADT^A01|2\rPID|||2\rNTE|||no MSH|here\r"


@pytest.mark.parametrize("between", [b"", b"\r", b"\n", b"\r\n", b"\n\n\r\n"])
@pytest.mark.parametrize("after", [b"", b"\r\n", b"\n\n"])
def test_messages_follow_one_another(between: bytes, after: bytes) -> None:
    """However blank lines part them, the bytes of each are its own."""
    assert list(split_messages(_ONE + between + _TWO + after)) == [_ONE, _TWO]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_files_of_other_systems_are_read(end: bytes) -> None:
    """LF and CR LF stay as they stand in the file; a byte order mark does not belong to the message."""
    one, two = (each.replace(b"\r", end) for each in (_ONE, _TWO))
    assert list(split_messages(b"\xef\xbb\xbf" + one + end + two)) == [one, two]


def test_a_last_message_may_lack_its_end() -> None:
    """Nothing is added to what stands in the file."""
    assert list(split_messages(_ONE + _TWO.rstrip())) == [_ONE, _TWO.rstrip()]


@pytest.mark.parametrize("empty", [b"", b"\r\n\r\n", b" \n"])
def test_an_empty_file_has_no_messages(empty: bytes) -> None:
    """Blank is not broken."""
    assert list(split_messages(empty)) == []


def test_a_framed_file_is_read() -> None:
    """What was recorded from the wire can be read as it is."""
    assert list(split_messages(b"\r\n" + wrap(_ONE) + b"\n" + wrap(_TWO))) == [_ONE, _TWO]


def test_batch_lines_are_left_out() -> None:
    """FHS, BHS, BTS and FTS wrap messages and are none."""
    batch = b"FHS|^~\\&|PAS\rBHS|^~\\&|PAS\r" + _ONE + b"BTS|1\rBHS|^~\\&\r" + _TWO + b"BTS|1\rFTS|1\r"
    assert list(split_messages(batch)) == [_ONE, _TWO]


@pytest.mark.parametrize("broken", [b"MSX|^~\\&|PAS\rPID|||1\r", b"MSH\rPID|||1\r", b"hello\r"])
def test_what_is_no_message_is_given_to_be_refused(broken: bytes) -> None:
    """A broken first header must show as an error, never as a file with one message less."""
    given, good = split_messages(broken + _ONE)
    assert good == _ONE
    with pytest.raises(Unreadable):
        parse(given)


@pytest.mark.parametrize("faulty", [b"\x0b" + _TWO, _TWO, b"\x0bMSH|^~\\&|cut"])
def test_what_framing_finds_faulty_is_given_to_be_refused(faulty: bytes) -> None:
    """Half a message that happens to parse must not pass for a whole one."""
    good, given = split_messages(wrap(_ONE) + faulty)
    assert good == _ONE
    with pytest.raises(Unreadable):
        parse(given)


def test_a_field_that_speaks_of_msh_begins_no_message() -> None:
    """Only the beginning of a line with a separator after it does."""
    raw = b"MSH|^~\\&|||||||ADT^A01|1\rNTE|MSH|x\rMSHX|1\r"
    assert list(split_messages(raw)) == [raw]
