"""Messages: segments at once, fields by number, and nothing but Unreadable for what is none."""

import pytest
from hypothesis import given, strategies as st

from strategies.hl7v2 import Written, messages
from tabard.hl7v2 import Message, Unreadable, parse, read_header

_ADMIT = (
    "MSH|^~\\&|LORENZO|RXX|ROUTE|ROUTE|20260301083000||ADT^A01^ADT_A01|M1|P|2.4||||||UNICODE UTF-8\r"
    "EVN||20260301083000\r"
    'PID|1||123^^^RXX~9990000018^^^NHS||ZEBEDEE^Zoë\\T\\Jo^^^Ms||19700101|2||""\r'
    "NK1|1|ZEBEDEE^ANN\rNK1|2|ZEBEDEE^BOB\r"
    "PV1|1|I|^OBS1^BAY2-6^RXX55\r"
).encode()


def test_segments_are_found_by_name() -> None:
    """First and all keep the order of the message; a name that is not there is None or nothing."""
    message = parse(_ADMIT)
    assert [each.name for each in message.segments] == ["MSH", "EVN", "PID", "NK1", "NK1", "PV1"]
    assert [each.field(1).text for each in message.all("NK1")] == ["1", "2"]
    assert message.first("NK1") is message.segments[3]
    assert message.first("OBX") is None
    assert message.all("OBX") == ()


def test_header_fields_are_numbered_as_in_the_standard() -> None:
    """MSH-1 is the separator itself, MSH-2 the other delimiters, neither of them parted."""
    msh = parse(_ADMIT).segments[0]
    assert msh.field(1).text == "|"
    assert msh.field(2).text == "^~\\&"
    assert msh.field(2).repetitions[0].component(1).text == "^~\\&"
    assert msh.field(9).component(2).text == "A01"
    assert msh.field(10).text == "M1"
    assert len(msh.fields) == 18


def test_the_bytes_are_kept() -> None:
    """What is journaled and replayed is what was received."""
    assert parse(_ADMIT).raw == _ADMIT


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\n"])
def test_segments_may_end_as_senders_end_them(end: str) -> None:
    """CR is the standard's; files and careless senders use LF and CR LF."""
    raw = _ADMIT.decode().replace("\r", end).encode()
    message = parse(raw)
    assert [each.raw for each in message.segments] == [each.raw for each in parse(_ADMIT).segments]
    assert parse(raw.rstrip()).segments[-1].raw == message.segments[-1].raw


def test_text_is_unescaped() -> None:
    """People read names, not escape sequences."""
    pid = parse(_ADMIT).first("PID")
    assert pid is not None
    assert pid.field(5).component(2).text == "Zoë&Jo"


def test_two_headers_are_refused() -> None:
    """Two messages read as one would put one patient's results under another."""
    with pytest.raises(Unreadable, match="segment 7"):
        parse(_ADMIT + _ADMIT)


@pytest.mark.parametrize("line", ["ZEBEDEE went home", "pid|1", "PI", "PID^1", "ÄÖÜ|1", "|||", "123|x"])
def test_a_line_that_begins_no_segment_is_refused(line: str) -> None:
    """Half a sentence cut off by a line break must not vanish, and must not be quoted either."""
    with pytest.raises(Unreadable, match="segment 7") as refused:
        parse(_ADMIT + line.encode() + b"\r")
    assert line not in str(refused.value)


def _touch_everything(message: Message) -> None:
    for segment in message.segments:
        for field in segment.fields:
            _ = (field.text, field.is_null, field.is_absent, repr(field))
            for repetition in field.repetitions:
                for component in repetition.components:
                    _ = (component.text, component.subcomponents)


def _read_or_refuse(raw: bytes) -> None:
    try:
        message = parse(raw)
    except Unreadable as refused:
        assert "ZEBEDEE" not in str(refused)  # noqa: PT017  both ways out are right, this one must keep silent
        assert refused.__cause__ is refused.__context__ is None  # noqa: PT017  the same
        return
    assert message.header == read_header(raw)
    _touch_everything(message)


@pytest.mark.parametrize("length", range(len(_ADMIT)))
def test_a_truncated_message_is_read_or_refused(length: int) -> None:
    """A connection may break anywhere; nothing but Unreadable may come of it, and no name in it."""
    _read_or_refuse(_ADMIT[:length])


def test_a_flipped_bit_is_read_or_refused() -> None:
    """Every single bit of a message may be wrong; nothing but Unreadable may come of it, and no name in it."""
    for place in range(len(_ADMIT)):
        for bit in range(8):
            flipped = bytearray(_ADMIT)
            flipped[place] ^= 1 << bit
            _read_or_refuse(bytes(flipped))


@given(messages(), st.data())
def test_a_damaged_message_is_read_or_refused(written: Written, data: st.DataObject) -> None:
    """The same for any message, cut anywhere, with any bytes changed."""
    raw = bytearray(written.raw)
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(junk: bytes) -> None:
    """So it is for what never was a message."""
    _read_or_refuse(junk)
    _read_or_refuse(b"MSH|^~\\&|||||||ADT^A01|1|" + junk)
