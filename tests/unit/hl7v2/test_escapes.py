"""Escapes: undone where known, kept where not."""

import pytest
from hypothesis import given

from strategies.hl7v2 import delimiters, texts
from tabard.hl7v2 import STANDARD, Delimiters, Syntax, escape, unescape


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"A\T\E", "A&E"),
        (r"\F\\S\\T\\R\\E" + "\\", "|^&~\\"),
        (r"one\.br\two", "one\ntwo"),
        (r"\X41\\X0d0A" + "\\", "A\r\n"),
        (r"\XC3A9" + "\\", "é"),
        (r"\XC3\\XA9" + "\\", "é"),
        (r"\XC3\\X41" + "\\", r"\XC3" + "\\A"),
        (r"\X0d\\X0A" + "\\", "\r\n"),
        (r"\C2842\a\M284242\b", r"\C2842\a\M284242\b"),
        (r"\.in+4\\.ti-2\\.sk3\\.fi\\.nf\\.ce" + "\\", r"\.in+4\\.ti-2\\.sk3\\.fi\\.nf\\.ce" + "\\"),
        (r"\H\bold\N" + "\\", r"\H\bold\N" + "\\"),
        (r"\.sp+2\x", r"\.sp+2\x"),
        (r"\Z99\ ", r"\Z99\ "),
        (r"\X4\ \X\ \XG1\ \XFF" + "\\", r"\X4\ \X\ \XG1\ \XFF" + "\\"),
        (r"a \ b \T\ c", r"a \ b & c"),
        (r"C:\dir\T\x", r"C:\dir&x"),
        ("end\\", "end\\"),
        (r"\P" + "\\", r"\P" + "\\"),
    ],
)
def test_escapes_are_read(raw: str, text: str) -> None:
    """Known sequences become what they stand for; unknown ones and lone marks stay as sent."""
    assert unescape(raw, Syntax(STANDARD)) == text


def test_hexadecimal_is_read_in_the_messages_charset() -> None:
    r"""`\XE9\` is é for a sender of 8859/1, and no character at all in UTF-8."""
    assert unescape(r"Jos\XE9" + "\\", Syntax(STANDARD, "iso8859-1")) == "José"


@given(texts, delimiters)
def test_what_is_escaped_comes_back(text: str, marks: Delimiters) -> None:
    """Any text survives, and its escaped form holds no delimiter, no control character and no null."""
    written = escape(text, marks)
    assert unescape(written, Syntax(marks)) == text
    assert written != '""'
    assert not {marks.field, marks.component, marks.repetition, marks.subcomponent} & set(written)
    assert all(ord(character) >= 0x20 for character in written)
