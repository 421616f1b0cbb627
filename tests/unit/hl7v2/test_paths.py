"""Paths: one place by name, read and written, and no other byte touched."""

import contextlib

import pytest
from hypothesis import given, strategies as st

from strategies.hl7v2 import Written, messages, paths, texts
from tabard.hl7v2 import EMPTIED, BadPath, Emptied, Message, Path, Unreadable, Unwritable, leaves, parse, path

_RAW = (
    b"MSH|^~\\&|PAS|RXX|||2026||ADT^A01|1|P|2.4\r\n"
    b'PID|1||111^^^RXX~222^^^N&1.2&ISO^NHS||SM\\T\\ITH^ANN||""|2\n \t\r'
    b"OBX|1|NM|HR||80\rOBX|2|NM|T||37.1|C&x\rOBX|3|ST|N||\\Z1\\a\r"
)
_MESSAGE = parse(_RAW)


@pytest.mark.parametrize(
    ("text", "read", "raw"),
    [
        ("PID-3", "111", "111^^^RXX~222^^^N&1.2&ISO^NHS"),
        ("PID-3[2]", "222", "222^^^N&1.2&ISO^NHS"),
        ("PID-3[2].4", "N", "N&1.2&ISO"),
        ("PID-3[2].4.1", "N", "N"),
        ("PID-3[2].4.2", "1.2", "1.2"),
        ("PID-3.4", "RXX", "RXX"),
        ("PID.3.4", "RXX", "RXX"),
        ("PID-3-4-1", "RXX", "RXX"),
        ("PID-3[3].4", None, None),
        ("PID-5", "SM&ITH", "SM\\T\\ITH^ANN"),
        ("PID-5.2", "ANN", "ANN"),
        ("PID-6", None, None),
        ("PID-7", "", '""'),
        ("PID-99", None, None),
        ("OBX-5", "80", "80"),
        ("OBX[2]-5", "37.1", "37.1"),
        ("OBX[3]-5", "\\Z1\\a", "\\Z1\\a"),
        ("OBX[4]-5", None, None),
        ("ZZ1-1", None, None),
        ("MSH-1", "|", "|"),
        ("MSH-2", "^~\\&", "^~\\&"),
        ("MSH-3", "PAS", "PAS"),
        ("MSH-9.2", "A01", "A01"),
    ],
)
def test_a_place_is_read(text: str, read: str | None, raw: str | None) -> None:
    """Absent is None, null is a text of nothing, and what a path leaves out is the first."""
    at = path(text)
    assert at.read(_MESSAGE) == read
    assert at.read_raw(_MESSAGE) == raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PID",
        "PID-0",
        "PID-3[0]",
        "PID-3.0",
        "pid-3",
        "123-1",
        "PID-3.1.1.1",
        "PID-3[2",
        "PID--3",
        "PID-3 ",
        "PID-3\n",
        "PIDX-3",
        "PID-99999",
        "PID-3[x]",
        "[2]PID-3",
        "PID[1]",
        "PID-٣",
    ],
)
def test_what_names_no_place_is_refused(text: str) -> None:
    """A path comes from a person's table: the refusal says how one is written."""
    with pytest.raises(BadPath) as refused:
        path(text)
    assert refused.value.expected
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "value", "old", "new"),
    [
        ("PID-3[2].4.2", "9.9", b"N&1.2&ISO", b"N&9.9&ISO"),
        ("PID-3[2].4.2", None, b"N&1.2&ISO", b"N&&ISO"),
        ("PID-3[2].4.2", EMPTIED, b"N&1.2&ISO", b'N&""&ISO'),
        ("PID-3[3].2", "x", b"ISO^NHS", b"ISO^NHS~^x"),
        ("PID-5", "O|B", b"SM\\T\\ITH", b"O\\F\\B"),
        ("PID-8.3", "q", b"|2\n", b"|2^^q\n"),
        ("PID-10", "z", b"|2\n", b"|2||z\n"),
        ("OBX[2]-5", "38", b"37.1", b"38"),
        ("OBX[3]-7", "1-2", b"\\Z1\\a", b"\\Z1\\a||1-2"),
        ("MSH-3", "LAB", b"PAS", b"LAB"),
        ("MSH-14", "é", b"|2.4\r", "|2.4||é\r".encode()),
        ("PID-7", "1950", b'""', b"1950"),
    ],
)
def test_a_place_is_written(text: str, value: str | Emptied | None, old: bytes, new: bytes) -> None:
    """The new message has the value there; line ends, blank lines and odd escapes elsewhere stand as they stood."""
    written = path(text).write(_MESSAGE, value)
    assert _RAW.count(old) == 1
    assert written.raw == _RAW.replace(old, new)
    assert _MESSAGE.raw == _RAW


def test_what_is_there_already_changes_nothing() -> None:
    """A value that a sender escaped in its own way is not written again in ours."""
    assert path("OBX[3]-5").write(_MESSAGE, "\\Z1\\a").raw == _RAW
    assert path("PID-7").write(_MESSAGE, EMPTIED).raw == _RAW
    assert path("PID-7").write(_MESSAGE, "").raw == _RAW
    assert path("ZZ1-1").write(_MESSAGE, None) is _MESSAGE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ZZ1-1", "x"),
        ("OBX[4]-5", "x"),
        ("MSH-1", "!"),
        ("MSH-2", "^~"),
        ("MSH-10", None),
        ("MSH-10", EMPTIED),
        ("MSH-9", None),
        ("PID-5", ""),
    ],
)
def test_what_cannot_be_written_is_refused(text: str, value: str | Emptied | None) -> None:
    """No segment is made up, no delimiter redeclared, no message left without its id; and nothing is emptied by accident."""
    with pytest.raises(Unwritable) as refused:
        path(text).write(_MESSAGE, value)
    assert refused.value.remedy
    assert "SMITH" not in str(refused.value)


def test_a_letter_that_the_charset_lacks_is_refused() -> None:
    """A question mark in a name is another name; and the refusal does not carry the message."""
    message = parse(b"MSH|^~\\&|||||||ADT^A01|1||||||||8859/1\rPID|||||ZEBEDEE\r")
    with pytest.raises(Unwritable) as refused:
        path("PID-5").write(message, "漢")
    assert refused.value.__context__ is None


def test_a_message_read_by_what_is_known_of_its_sender_is_written_so() -> None:
    """Bytes elsewhere that only the sender's own character set can read survive."""
    raw = b"MSH|^~\\&|||||||ADT^A01|1\rPID|||||Zo\xeb^A\r"
    written = path("PID-5.2").write(parse(raw, default_charset="8859/1"), "é")
    assert written.raw == raw.replace(b"^A\r", b"^\xe9\r")
    assert path("PID-5.2").read(written) == "é"


def test_a_whole_field_is_exchanged_raw() -> None:
    """With its delimiters, but never with one that would reach beyond it."""
    assert path("PID-3").write_raw(_MESSAGE, "9~8^7").raw == _RAW.replace(b"111^^^RXX~222^^^N&1.2&ISO^NHS", b"9~8^7")
    assert path("PID-3").write_raw(_MESSAGE, "").raw == _RAW.replace(b"111^^^RXX~222^^^N&1.2&ISO^NHS", b"")
    for text, raw in (
        ("PID-3", "a|b"),
        ("PID-3[1]", "a~b"),
        ("PID-3.1", "a^b"),
        ("PID-3.4.1", "a&b"),
        ("PID-3", "a\rb"),
    ):
        with pytest.raises(Unwritable):
            path(text).write_raw(_MESSAGE, raw)


def test_the_places_of_a_message_are_told() -> None:
    """Each that holds something, once, no deeper than it is parted."""
    told = [str(at) for at in leaves(_MESSAGE)]
    assert told[:6] == ["MSH-3", "MSH-4", "MSH-7", "MSH-9.1", "MSH-9.2", "MSH-10"]
    assert told[8:19] == [
        "PID-1", "PID-3.1", "PID-3.4", "PID-3[2].1", "PID-3[2].4.1", "PID-3[2].4.2", "PID-3[2].4.3", "PID-3[2].5",
        "PID-5.1", "PID-5.2", "PID-7",
    ]  # fmt: skip
    assert told[-1] == "OBX[3]-5"


@given(messages())
def test_every_place_that_is_told_reads(written: Written) -> None:
    """A place's name leads back to it, and taking everything away leaves nothing but delimiters."""
    message = parse(written.raw)
    told = list(leaves(message))
    assert len(set(told)) == len(told)
    for at in told:
        assert path(str(at)) == at
        assert at.read(message) is not None
        if at.segment != "MSH":
            message = at.write(message, None)
            assert at.read(message) is None
    assert {at.segment for at in leaves(message)} <= {"MSH"}


def _others(message: Message, at: Path) -> list[str | None]:
    return [other.read_raw(message) for other in leaves(message) if not _overlap(other, at)]


def _overlap(one: Path, other: Path) -> bool:
    def place(at: Path) -> tuple[str, int, int, int, int, int]:
        return at.segment, at.nth, at.field, at.repetition or 1, at.component or 1, at.subcomponent or 1

    return place(one) == place(other)


@given(messages(), paths, st.none() | st.just(EMPTIED) | texts.filter(bool))
def test_what_is_written_is_read_and_nothing_else_changes(
    written: Written, at: Path, value: str | Emptied | None
) -> None:
    """Whatever the message, its delimiters, the place and the value."""
    message = parse(written.raw)
    try:
        changed = at.write(message, value)
    except Unwritable:
        assert at.segment == "MSH" or at.read(message) is None  # both ways out are right
        return
    assert at.read(changed) == ("" if value is EMPTIED else value)
    assert _others(changed, at) == _others(message, at)
    assert at.write(message, at.read(message)) is message


@given(st.text("PIDMSHOBX0123456789-.[]", max_size=16) | st.text(max_size=10))
def test_any_text_is_a_path_or_is_refused(text: str) -> None:
    """And any path reads any message."""
    with contextlib.suppress(BadPath):
        Path.parse(text).read(_MESSAGE)


@given(st.binary(max_size=60), paths)
def test_any_message_that_is_read_is_read_by_any_path(junk: bytes, at: Path) -> None:
    """What came through the parser breaks nothing here."""
    with contextlib.suppress(Unreadable, Unwritable):
        message = parse(b"MSH|^~\\&|||||||ADT^A01|1|\rPID|" + junk)
        at.read(message)
        at.write(message, "x")
