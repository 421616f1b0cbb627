r"""Escapes: text as people read it, and text as ER7 carries it.

Undone are `\F\ \S\ \T\ \R\ \E\ \P\`, `\Xdd..\` and `\.br\`. Everything else stays as it was sent: highlighting (`\H\`, `\N\`),
the other formatting commands (`\.sp2\`, `\.in+4\`), other character sets (`\C2842\`, `\M284242\`), what sites agree on (`\Z..\`),
and a lone escape character.
Source: HL7 v2.5.1, 2.7 "Use of escape sequences in text fields".
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from tabard.hl7v2.charset import UTF_8
from tabard.hl7v2.delimiters import Delimiters

NULL = '""'
"""A field that holds exactly this says: the old value is to be emptied. Source: HL7 v2.5.1, 2.5.3."""

_LINE_BREAK = ".br"


class Syntax(msgspec.Struct, frozen=True):
    """How the values of one message are to be read: its delimiters and, for hexadecimal escapes, its codec."""

    delimiters: Delimiters
    codec: str = UTF_8


def unescape(raw: str, syntax: Syntax) -> str:
    """`raw` as people read it."""
    if syntax.delimiters.escape not in raw:
        return raw
    pattern, told = _reading(syntax)
    return pattern.sub(told, raw)


@lru_cache(maxsize=64)
def _reading(syntax: Syntax) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    marks = syntax.delimiters
    plain = {name: mark for mark, name in _names(marks)} | {_LINE_BREAK: "\n"}

    def told(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return _from_hex(match[0], marks.escape, syntax.codec)
        return plain.get(name, match[0])

    # Only what has the shape of a sequence is taken as one, so that a lone escape character never swallows the next sequence.
    escape = re.escape(marks.escape)
    hexadecimal = rf"(?:{escape}X(?:[0-9A-Fa-f]{{2}})+{escape})+"
    return re.compile(rf"{hexadecimal}|{escape}([A-Z][0-9A-Za-z]*|\.[a-z]{{2}}[+-]?[0-9]*){escape}"), told


def _names(marks: Delimiters) -> list[tuple[str, str]]:
    named = [
        (marks.escape, "E"),
        (marks.field, "F"),
        (marks.component, "S"),
        (marks.subcomponent, "T"),
        (marks.repetition, "R"),
    ]
    return named if marks.truncation is None else [*named, (marks.truncation, "P")]


def _from_hex(run: str, mark: str, codec: str) -> str:
    """The characters of one or more sequences that stand side by side: a character of several bytes may be spread over them."""
    bodies = [part.removeprefix("X") for part in run.split(mark) if part]
    try:
        return bytes.fromhex("".join(bodies)).decode(codec)
    except UnicodeDecodeError:
        return run if len(bodies) == 1 else "".join(_from_hex(f"{mark}X{body}{mark}", mark, codec) for body in bodies)


def escape(text: str, delimiters: Delimiters) -> str:
    r"""`text` as ER7 carries it; `unescape` gives it back.

    A line feed becomes `\.br\`, any other control character `\Xhh\` (a carriage return would end the segment, a vertical
    tab the MLLP frame), and a text of exactly `""` is written in hexadecimal so that it is not read as null.
    """
    mark = delimiters.escape
    if text == NULL:
        return f"{mark}X2222{mark}"
    return text.translate(_writing(delimiters))


@lru_cache(maxsize=64)
def _writing(marks: Delimiters) -> Mapping[int, str]:
    mark = marks.escape
    controls = {code: f"{mark}X{code:02X}{mark}" for code in range(0x20)}
    breaks = {ord("\n"): f"{mark}{_LINE_BREAK}{mark}"}
    return controls | breaks | {ord(character): f"{mark}{name}{mark}" for character, name in _names(marks)}
