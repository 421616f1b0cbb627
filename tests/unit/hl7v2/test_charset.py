"""Charsets: MSH-18 says how bytes become text, and nothing is guessed."""

import contextlib

import pytest
from hypothesis import given, strategies as st

from tabard.hl7v2 import Unreadable, is_charset, parse, read_header


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
        ("iso_8859-1", "Zoë".encode("latin-1")),
        ("ISO 8859 / 1", "Zoë".encode("latin-1")),
        ("Latin-1", "Zoë".encode("latin-1")),
        ("ISO IR100", "Zoë".encode("latin-1")),
        ("8859/15", "Zoë".encode("iso8859-15")),
        ("WINDOWS-1252", "Zoë".encode("cp1252")),
        ("unicode utf-8", "Zoë".encode()),
        ("~8859/1", "Zoë".encode()),
        ('""', "Zoë".encode()),
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


@pytest.mark.parametrize("charset", ["", " ", '""', '""~UNICODE UTF-8'])
def test_an_empty_declaration_is_what_is_known_of_the_sender(charset: str) -> None:
    """A site's sender that never fills MSH-18 is read in the character set that its dialect names."""
    raw = _message(charset, b"Zo\xeb")
    pid = parse(raw, default_charset="8859/1").first("PID")
    assert pid is not None
    assert pid.field(5).text == "Zoë"
    assert read_header(raw, default_charset="8859/1").codec == "iso8859-1"
    with pytest.raises(Unreadable):
        parse(raw)


def test_what_is_declared_goes_before_what_is_known() -> None:
    """The sender speaks for each of its messages."""
    pid = parse(_message("UNICODE UTF-8", "Zoë".encode()), default_charset="8859/1").first("PID")
    assert pid is not None
    assert pid.field(5).text == "Zoë"


def test_the_header_is_read_in_what_is_known_of_the_sender() -> None:
    """Accents in a facility's name, before MSH-18 was read."""
    raw = b"MSH|^~\\&|PAS|H\xf4pital|||||ADT^A01|1|P|2.4"
    assert read_header(raw, default_charset="8859/1").sending_facility == "Hôpital"


@pytest.mark.parametrize(("name", "is_one"), [("8859/1", True), ("ASCII", True), ("BIG-5", False), ("", False)])
def test_a_name_is_known_or_not(name: str, is_one: bool) -> None:  # noqa: FBT001  a table of cases
    """A dialect that names a character set which nobody can read is to be refused when it is loaded."""
    assert is_charset(name) is is_one


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_declaration_names_some_codec(declared: str, assumed: str) -> None:
    """Whatever stands in MSH-18 or in a dialect, reading goes on or refuses; nothing breaks."""
    raw = _message("", b"SMITH").replace(b"||||||\r", b"||||||" + declared.encode("ascii", "replace") + b"\r")
    with contextlib.suppress(Unreadable):
        parse(raw, default_charset=assumed)
