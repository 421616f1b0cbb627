"""Charsets: MSH-18 says how bytes become text, and nothing is guessed."""

import pytest

from tabard.hl7v2 import Unreadable, parse, read_header


def _message(charset: str, name: bytes) -> bytes:
    return b"MSH|^~\\&|PAS|RXX|||||ADT^A01|1|P|2.4||||||" + charset.encode() + b"\rPID|||||" + name + b"\r"


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("", "Zoë".encode()),
        ("UNICODE UTF-8", "Zoë".encode()),
        ("UNICODE", "Zoë".encode()),
        ("ASCII", "Zoë".encode()),
        ("8859/1", "Zoë".encode("latin-1")),
        (" 8859/1 ", "Zoë".encode("latin-1")),
        ("8859/15~ISO IR87", "Zoë".encode("latin-1")),
        ("ISO-8859-1", "Zoë".encode("latin-1")),
    ],
)
def test_a_name_is_read_in_the_declared_charset(charset: str, name: bytes) -> None:
    """A name must look the same here as at the sender."""
    pid = parse(_message(charset, name)).first("PID")
    assert pid is not None
    assert pid.field(5).text == "Zoë"


@pytest.mark.parametrize("charset", ["", "ASCII", "UNICODE UTF-8", "UNICODE UTF-16", "BIG-5", "ISO IR87"])
def test_what_does_not_belong_to_the_charset_is_refused(charset: str) -> None:
    """A wrong letter in a name is worse than a message that waits, and the refusal may not carry the name."""
    with pytest.raises(Unreadable) as refused:
        parse(_message(charset, b"ZEBEDEE\xe9"))
    assert "ZEBEDEE" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_an_unknown_charset_is_read_when_nothing_can_differ() -> None:
    """Plain ASCII reads the same whatever the sender calls it."""
    pid = parse(_message("BIG-5", b"SMITH")).first("PID")
    assert pid is not None
    assert pid.field(5).text == "SMITH"


def test_the_header_alone_is_read_in_its_charset() -> None:
    """Intake reads MSH before anything else, accents in a facility's name included."""
    raw = b"MSH|^~\\&|PAS|H\xf4pital|||||ADT^A01|1|P|2.4||||||8859/1\rPID|\xe9\r"
    assert read_header(raw).sending_facility == "Hôpital"
    assert parse(raw).header == read_header(raw)
