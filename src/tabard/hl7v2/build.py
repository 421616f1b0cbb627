"""The builder: nested values to ER7, so that `parse` gives the same values back.

Source: HL7 v2.5.1, 2.6 "Message construction rules".
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from tabard.hl7v2.charset import codec_of
from tabard.hl7v2.delimiters import STANDARD, Delimiters, read_delimiters
from tabard.hl7v2.errors import Unreadable, Unwritable
from tabard.hl7v2.escapes import NULL, escape
from tabard.hl7v2.message import is_segment_name


class Emptied(Enum):
    """The type of EMPTIED."""

    emptied = NULL


EMPTIED: Final = Emptied.emptied
"""Written as `""`: the receiver is to empty what it holds. None and "" are absent: it keeps what it holds."""

Leaf = str | Emptied | None
ComponentValue = Leaf | tuple[Leaf, ...]
RepetitionValue = Leaf | tuple[ComponentValue, ...]
FieldValue = RepetitionValue | list[RepetitionValue]
"""A text, or a tuple of components (each a text, or a tuple of subcomponents), or a list of such repetitions."""

SegmentValue = tuple[str, Mapping[int, FieldValue]]
"""A segment's name, and its fields by the standard's numbers."""


def build(segments: Iterable[SegmentValue], *, delimiters: Delimiters = STANDARD) -> bytes:
    """The message made of `segments`, MSH first; its MSH-1 and MSH-2 come from `delimiters`, its codec from its MSH-18.

    Texts are escaped; absent values at the end of a component, field or segment are left out. Raises Unwritable when MSH is
    not first and alone, a name, field number or delimiter cannot be one, or a text has a character that MSH-18's character
    set lacks.
    """
    values = [(name, dict(fields)) for name, fields in segments]
    if [name for name, _ in values].count("MSH") != 1 or values[0][0] != "MSH":
        raise Unwritable(
            "A message has one header, and it comes first.",
            where="segments",
            expected="MSH first, and only once",
            got="another order",
            remedy='Begin with one ("MSH", {...}).',
        )
    _check_delimiters(delimiters)
    text = "".join(_segment(name, fields, delimiters) + "\r" for name, fields in values)
    return _encoded(text, codec_of(_field(values[0][1].get(18), delimiters)))


def _check_delimiters(delimiters: Delimiters) -> None:
    """A reader must find in MSH what the writer used."""
    declared = f"MSH{delimiters.field}{delimiters.encoding_characters}{delimiters.field}"
    try:
        is_declarable = read_delimiters(declared.encode()) == delimiters
    except Unreadable:
        is_declarable = False
    if not is_declarable:
        raise Unwritable(
            "The delimiters cannot be declared in MSH.",
            where="MSH-1 and MSH-2",
            expected="different punctuation marks, as in |^~\\&",
            got=repr(declared),
            remedy="Use the standard's delimiters.",
        )


def _segment(name: str, fields: Mapping[int, FieldValue], marks: Delimiters) -> str:
    first = 3 if name == "MSH" else 1
    if not is_segment_name(name) or min(fields, default=first) < first:
        raise Unwritable(
            "A segment's name or field number is none.",
            where=f"segment {name}" if is_segment_name(name) else "segments",
            expected=f"a name such as PID, fields from {first} on",
            got="another",
            remedy="Use the standard's names and numbers; MSH-1 and MSH-2 are written from the delimiters.",
        )
    texts = [_field(fields.get(n), marks) for n in range(first, max(fields, default=0) + 1)]
    start = [name, marks.encoding_characters] if name == "MSH" else [name]
    return _joined([*start, *texts], marks.field)


def _field(value: FieldValue, marks: Delimiters) -> str:
    if isinstance(value, list):
        return marks.repetition.join(_repetition(each, marks) for each in value)
    return _repetition(value, marks)


def _repetition(value: RepetitionValue, marks: Delimiters) -> str:
    if isinstance(value, tuple):
        return _joined([_component(each, marks) for each in value], marks.component)
    return _leaf(value, marks)


def _component(value: ComponentValue, marks: Delimiters) -> str:
    if isinstance(value, tuple):
        return _joined([_leaf(each, marks) for each in value], marks.subcomponent)
    return _leaf(value, marks)


def _leaf(value: Leaf, marks: Delimiters) -> str:
    if isinstance(value, Emptied):
        return NULL
    return escape(value, marks) if value else ""


def _joined(texts: list[str], mark: str) -> str:
    """The texts with `mark` between them, without what is absent at the end."""
    while texts and not texts[-1]:
        texts.pop()
    return mark.join(texts)


def _encoded(text: str, codec: str) -> bytes:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        pass
    # Outside the handler on purpose: UnicodeEncodeError carries the whole message, which must not travel with ours.
    raise Unwritable(
        "A text has a character that the message's character set lacks.",
        where="MSH-18",
        expected=codec.upper(),
        got="a character outside it",
        remedy="Declare UNICODE UTF-8 in MSH-18.",
    )
