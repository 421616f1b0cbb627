"""Acknowledgements: the sender must recognise the answer as its own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from strategies.hl7v2 import Written, messages, texts
from tabard.hl7v2 import AckCode, Delimiters, acknowledge, parse, read_header

_AT = datetime(2026, 3, 1, 8, 30, 1, tzinfo=UTC)


def test_an_acknowledgement_goes_back_to_the_sender() -> None:
    """Sender and receiver swapped, control id echoed, trigger and version kept."""
    header = read_header(
        b"MSH|^~\\&|LORENZO^1.2^ISO|RXX|TABARD|RYY|2026||ADT^A01^ADT_A01|M\\T\\1|T|2.4||||||UNICODE UTF-8"
    )
    assert acknowledge(header, AckCode.AA, control_id="A1", at=_AT) == (
        b"MSH|^~\\&|TABARD|RYY|LORENZO^1.2^ISO|RXX|20260301083001+0000||ACK^A01^ACK|A1|T|2.4||||||UNICODE UTF-8\r"
        b"MSA|AA|M\\T\\1\r"
    )


def test_an_old_sender_gets_an_old_message_type() -> None:
    """HL7 2.3 has no structure in MSH-9, and strict receivers of it refuse one."""
    header = read_header(b"MSH|^~\\&|A|B|C|D|2026||ORU^R01|7|P|2.3")
    assert parse(acknowledge(header, AckCode.AR, control_id="1", at=_AT)).segments[0].field(9).raw == "ACK^R01"


def test_a_broken_header_is_answered_too() -> None:
    """Nobody to address, nothing to echo: still an answer, with its reason."""
    answer = parse(acknowledge(None, AckCode.AR, control_id="A1", at=_AT, text="MSH-1|2 unusable"))
    assert answer.header.event == "ACK"
    assert answer.header.version == "2.4"
    assert [answer.segments[1].field(n).text for n in (1, 2, 3)] == ["AR", "", "MSH-1|2 unusable"]


def test_the_senders_delimiters_and_charset_are_used() -> None:
    """What the sender writes is what it can read."""
    header = read_header(b"MSH!*%/@!H\xf4p!B!C!D!2026!!ADT*A01*ADT_A01!7!P!2.4!!!!!!8859/1")
    raw = acknowledge(header, AckCode.AE, control_id="A!1", at=_AT)
    answer = parse(raw)
    assert answer.delimiters == Delimiters("!", "*", "%", "/", "@")
    assert b"H\xf4p" in raw
    assert answer.segments[0].field(10).text == "A!1"


@pytest.mark.parametrize("code", AckCode)
def test_every_code_is_written_as_itself(code: AckCode) -> None:
    """MSA-1 is what the sender acts on."""
    assert parse(acknowledge(None, code, control_id="1", at=_AT)).segments[1].field(1).text == code.value


@given(messages(), texts)
def test_any_message_can_be_acknowledged(written: Written, text: str) -> None:
    """The answer is a message that can be read, and echoes the control id byte for byte."""
    header = read_header(written.raw)
    answer = parse(acknowledge(header, AckCode.AE, control_id="A1", at=_AT, text=text))
    assert answer.segments[1].field(2).raw == header.control_id
    assert answer.segments[1].field(3).text == text
    assert answer.header.receiving_application == header.sending_application
