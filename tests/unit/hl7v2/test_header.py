"""The header: what intake needs, whatever follows it."""

import pytest

from tabard.hl7v2 import Unreadable, parse, read_header

_LINE = b"MSH|^~\\&|LORENZO|RXX^1.2^ISO|ROUTE|RYY|20260301083000||ADT^A02^ADT_A02|77|P|2.4|9|||||UNICODE UTF-8"


def test_every_value_of_the_header_is_read_as_sent() -> None:
    """Whole fields are kept, so that an acknowledgement can send them back unchanged."""
    header = read_header(_LINE + b"\rPID|||1\r")
    assert (header.sending_application, header.sending_facility) == ("LORENZO", "RXX^1.2^ISO")
    assert (header.receiving_application, header.receiving_facility) == ("ROUTE", "RYY")
    assert (header.code, header.trigger, header.structure, header.event) == ("ADT", "A02", "ADT_A02", "ADT^A02")
    assert (header.time, header.control_id, header.processing_id, header.version) == (
        "20260301083000",
        "77",
        "P",
        "2.4",
    )
    assert header.character_set == "UNICODE UTF-8"


@pytest.mark.parametrize("end", [b"", b"\r", b"\n", b"\r\n", b"\nPID|x\rPV1|y"])
def test_the_header_ends_with_its_line(end: bytes) -> None:
    """CR, LF and CR LF all end a segment, and a header may stand alone."""
    assert read_header(_LINE + end).character_set == "UNICODE UTF-8"


def test_a_broken_body_does_not_spoil_the_header() -> None:
    """The sender gets an answer to its control id even when the rest cannot be read."""
    assert read_header(_LINE + b"\r\xff\xfe\x00").control_id == "77"


def test_a_short_header_has_empty_values() -> None:
    """What was not sent is empty."""
    header = read_header(b"MSH|^~\\&|||||||ACK|1")
    assert (header.event, header.trigger, header.version, header.sending_application) == ("ACK", "", "", "")


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b"MSH|^~\\&|", "MSH-9"),
        (b"MSH|^~\\&|A|B|C|D|E||^A01|1", "MSH-9"),
        (b"MSH|^~\\&|A|B|C|D|E||ADT^A01", "MSH-10"),
        (b"MSH|^~\\&|A|B|C|D|E||ADT^A01||P|2.4", "MSH-10"),
        (b'MSH|^~\\&|A|B|C|D|E||ADT^A01|""|P|2.4', "MSH-10"),
    ],
)
def test_type_and_control_id_are_required(raw: bytes, where: str) -> None:
    """Without a type nothing can be filed; without a control id nothing can be answered or recognised again."""
    for read in (read_header, parse):
        with pytest.raises(Unreadable) as refused:
            read(raw)
        assert refused.value.where == where
