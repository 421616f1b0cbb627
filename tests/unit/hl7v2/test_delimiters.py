"""Delimiters: what MSH declares is what parts the message."""

import pytest

from tabard.hl7v2 import STANDARD, Delimiters, Unreadable, parse, read_header


def test_the_delimiters_that_a_sender_declares_are_honoured() -> None:
    """Nothing but MSH says what parts a message."""
    message = parse(b"MSH!*%/@!PAS!!!!!!ADT*A01!1\rPID!!!1***RXX%2***N@H!!A/S/B\r")
    assert message.delimiters == Delimiters("!", "*", "%", "/", "@")
    pid = message.segments[1]
    assert [each.text for each in pid.field(3).repetitions] == ["1", "2"]
    assert pid.field(3).repetitions[1].component(4).subcomponents == ("N", "H")
    assert pid.field(5).text == "A*B"


def test_five_encoding_characters_are_read() -> None:
    """HL7 v2.7 adds a truncation character, and senders of 2.5.1 write it too."""
    message = parse(b"MSH|^~\\&#|LAB||||||ORU^R01|1\rPID|||1^^^RXX\rOBX|||||a\\P\\b\r")
    assert message.delimiters == Delimiters(truncation="#")
    assert message.segments[2].field(5).text == "a#b"
    assert message.segments[0].field(2).text == "^~\\&#"


def test_the_usual_characters_out_of_order_keep_their_roles() -> None:
    r"""ITK's table lists `^&~\`, and its senders still repeat with ~: by position two patients' numbers would melt into one."""
    message = parse(b"MSH|^&~\\|PAS||||||ADT^A01|1\rPID|||111^^^RXX~222^^^NHS||O\\T\\B&X\r")
    assert message.delimiters == STANDARD
    assert [each.text for each in message.segments[1].field(3).repetitions] == ["111", "222"]
    assert message.segments[1].field(5).component(1).subcomponents == ("O&B", "X")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PID|1",
        b"\x0bMSH|^~\\&|",
        b"MSH",
        b"MSH|",
        b"MSH|^~\\&",
        b"MSH|^~\\|A",
        b"MSH|^~~&|A",
        b"MSH|^~\\&#!|A",
        b"MSHA^~\\&A",
        b'MSH|^~\\"|A',
        b"MSH|^ \\&|A",
        b"MSH|^\xff\\&|A",
        b"MSH\r^~\\&\r",
    ],
)
def test_unusable_delimiters_are_refused(raw: bytes) -> None:
    """Without delimiters nothing can be read, and a guess could part a name into two."""
    with pytest.raises(Unreadable) as refused:
        read_header(raw)
    assert refused.value.where in {"segment 1", "MSH-1 and MSH-2"}
    assert refused.value.expected
    assert refused.value.got
    assert refused.value.remedy
