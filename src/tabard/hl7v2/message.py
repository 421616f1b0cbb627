"""A message: parted into segments at once, into fields when a segment is first touched, deeper only on demand."""

from collections.abc import Sequence
from functools import lru_cache

from tabard.hl7v2.charset import decode
from tabard.hl7v2.delimiters import Delimiters
from tabard.hl7v2.errors import Unreadable
from tabard.hl7v2.escapes import Syntax
from tabard.hl7v2.header import Header, read_header
from tabard.hl7v2.values import Field

_NAME_LENGTH = 3
_MOST_BEGINNINGS = 1024

_DECLARING = (1, 2)
_LITERAL = Syntax(Delimiters(*"\0\1\2\3\4"))
"""MSH-1 and MSH-2 hold the delimiters themselves: nothing in them parts or escapes anything."""


class Segment:
    """One segment: its name, and its fields by the standard's numbers, counted from 1."""

    __slots__ = ("_fields", "_syntax", "name", "raw")

    def __init__(self, raw: str, syntax: Syntax) -> None:
        self.raw = raw
        self.name = raw[:_NAME_LENGTH]
        self._syntax = syntax
        self._fields: Sequence[str] | None = None

    def field(self, n: int) -> Field:
        """Field `n`, counted from 1; an absent one when it was not sent."""
        if n < 1:
            raise IndexError(n)
        parts = self._fields or self._part()
        return Field(parts[n] if n < len(parts) else "", self._syntax)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields that were sent, field 1 first."""
        return tuple(self.field(n) for n in range(1, len(self._fields or self._part())))

    @property
    def texts(self) -> Sequence[str]:
        """The fields as they were sent, by their numbers: text 0 is the segment's name."""
        return self._fields or self._part()

    def _part(self) -> Sequence[str]:
        parts = self._fields = self.raw.split(self._syntax.delimiters.field)
        return parts

    def __repr__(self) -> str:
        return f"<Segment {self.name}>"


class _HeaderSegment(Segment):
    """MSH: its first field is the field separator itself."""

    __slots__ = ()

    def field(self, n: int) -> Field:
        field = super().field(n)
        return Field(field.raw, _LITERAL) if n in _DECLARING else field

    def _part(self) -> Sequence[str]:
        mark = self._syntax.delimiters.field
        parts = self._fields = [*self.raw.split(mark)]
        parts.insert(1, mark)
        return parts


def header_segment(line: str, syntax: Syntax) -> Segment:
    """A segment whose first two fields declare the delimiters: MSH, FHS, BHS."""
    return _HeaderSegment(line, syntax)


class Message:
    """A message as it was received: `raw` are its very bytes."""

    __slots__ = ("header", "raw", "segments")

    def __init__(self, raw: bytes, header: Header, segments: tuple[Segment, ...]) -> None:
        self.raw = raw
        self.header = header
        self.segments = segments

    @property
    def syntax(self) -> Syntax:
        """How its values are to be read."""
        return _syntax(self.header.delimiters, self.header.codec)

    @property
    def delimiters(self) -> Delimiters:
        """What MSH-1 and MSH-2 declare."""
        return self.header.delimiters

    def first(self, name: str) -> Segment | None:
        """The first segment of that name, or None."""
        for segment in self.segments:
            if segment.name == name:
                return segment
        return None

    def all(self, name: str) -> tuple[Segment, ...]:
        """All segments of that name, in order."""
        return tuple(segment for segment in self.segments if segment.name == name)

    def __repr__(self) -> str:
        return f"<Message {self.header.event}, {len(self.segments)} segments>"


def parse(raw: bytes, *, default_charset: str = "") -> Message:
    """The message in `raw`, without MLLP framing; `default_charset` counts where MSH-18 is empty.

    Segments may end with CR (the standard's), LF or CR LF; blank lines are passed over. Raises Unreadable when the header
    cannot be read, a character does not belong to the declared character set, a line begins no segment, or a second MSH
    follows: two messages read as one would mix two patients.
    """
    header = read_header(raw, default_charset=default_charset)
    syntax = _syntax(header.delimiters, header.codec)
    text = decode(raw, syntax.codec)
    lines = [line for line in _lines(text) if line and not line.isspace()]
    _check(lines, syntax.delimiters.field)
    first, *others = lines
    return Message(raw, header, (_HeaderSegment(first, syntax), *[Segment(line, syntax) for line in others]))


def _lines(text: str) -> list[str]:
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    return text.split("\r")


@lru_cache(maxsize=64)
def _syntax(delimiters: Delimiters, codec: str) -> Syntax:
    return Syntax(delimiters, codec)


def _check(lines: list[str], separator: str) -> None:
    """Raise Unreadable where a line begins no segment, or a second message. Most begin as lines before them have begun."""
    heads = [line[: _NAME_LENGTH + 1] for line in lines]
    known = _beginnings(separator)
    if known.issuperset(heads) and heads.count(heads[0]) == 1:
        return
    for place, head in enumerate(heads, start=1):
        if not (is_segment_name(head[:_NAME_LENGTH]) and head[_NAME_LENGTH:] in {separator, ""}):
            raise _no_segment(place)
        if head.startswith("MSH") and place > 1:
            raise _second_header(place)
    if len(known) < _MOST_BEGINNINGS:
        known.update(head for head in heads if len(head) > _NAME_LENGTH)


@lru_cache(maxsize=16)
def _beginnings(_separator: str) -> set[str]:
    """Names of segments with the separator after them, as seen before."""
    return set()


def is_segment_name(name: str) -> bool:
    """Whether `name` can name a segment: three ASCII capitals or digits, a capital among them."""
    return len(name) == _NAME_LENGTH and name.isascii() and name.isalnum() and name.isupper()


def _second_header(place: int) -> Unreadable:
    return Unreadable(
        "A second header stands inside the message.",
        where=f"segment {place}",
        expected="one MSH, the first segment",
        got="MSH",
        remedy="Have the sender put each message into a frame of its own.",
    )


def _no_segment(place: int) -> Unreadable:
    return Unreadable(
        "A line begins no segment.",
        where=f"segment {place}",
        expected="three capitals or digits, then the field separator",
        got="something else (not shown: it may tell of a patient)",
        remedy="Have the sender escape line breaks inside fields as \\.br\\ and end segments with CR.",
    )
