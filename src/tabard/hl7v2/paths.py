"""Paths: one place of a message by name, such as `PID-3[2].4.1` or `OBX[3]-5`, for reading and for writing.

    PID-3           a field                 PID-3.4       a component
    PID-3[2]        its second repetition   PID-3.4.1     a subcomponent
    OBX[3]-5        a field of the third OBX

What a path leaves out is the first: `PID-5` reads and writes what `PID-5[1].1.1` does, as the standard has it for a value
that a newer version parts further. Numbers are the standard's, counted from 1. `PID.3.4`, as some write, is read too.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Self

import msgspec

from tabard.hl7v2.build import EMPTIED, Emptied
from tabard.hl7v2.delimiters import Delimiters
from tabard.hl7v2.errors import BadPath, Unwritable
from tabard.hl7v2.escapes import NULL, Syntax, escape, unescape
from tabard.hl7v2.message import Message, Segment, is_segment_name
from tabard.hl7v2.rewrite import rewritten

_NUMBER = "[1-9][0-9]{0,3}"
_FORM = re.compile(
    rf"(?P<segment>[A-Z0-9]{{3}})(?:\[(?P<nth>{_NUMBER})\])?[-.](?P<field>{_NUMBER})(?:\[(?P<repetition>{_NUMBER})\])?"
    rf"(?:[.-](?P<component>{_NUMBER})(?:[.-](?P<subcomponent>{_NUMBER}))?)?"
)
_DECLARING = (1, 2)


class Path(msgspec.Struct, frozen=True, order=True):
    """A place of a message. `component` or `subcomponent` 0: the path does not go so deep."""

    segment: str
    field: int
    nth: int = 1
    repetition: int = 0
    component: int = 0
    subcomponent: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The path that `text` names. Raises BadPath."""
        found = _FORM.fullmatch(text)
        if found is None or not is_segment_name(found["segment"]):
            raise BadPath(
                "This names no place of a message.",
                where="path",
                expected="a segment, a field, and perhaps a repetition, component and subcomponent, as in PID-3[2].4.1",
                got=repr(text[:40]),
                remedy="Count from 1, as the standard does.",
            )
        told = found.groupdict()
        numbers = {name: int(told[name]) for name in _OPTIONAL if told[name]}
        if "component" in numbers:
            numbers.setdefault("repetition", 1)
        return cls(told["segment"], int(told["field"]), **numbers)

    def read(self, message: Message) -> str | None:
        """The text there, unescaped; "" where the sender says that it is emptied (`""`); None where nothing was sent."""
        raw = self._leaf.read_raw(message)
        return None if raw is None else "" if raw == NULL else unescape(raw, message.syntax)

    def read_raw(self, message: Message) -> str | None:
        """All that stands there as it was sent, delimiters and escapes too; None where nothing was sent.

        Here a path goes only as deep as it says: of a field all repetitions.
        """
        segment = self._segment(message)
        raw = "" if segment is None else segment.field(self.field).raw
        for mark, n in self._steps(message.delimiters):
            parts = raw.split(mark, n)
            raw = parts[n - 1] if n <= len(parts) else ""
        return raw or None

    def write(self, message: Message, value: str | Emptied | None) -> Message:
        """A new message with `value` there and every other byte as it was; None takes away, EMPTIED writes `""`.

        What reads as `value` already is left as it is. Raises Unwritable where the message has no such segment, the place
        declares delimiters (MSH-1, MSH-2), a character is not in the message's character set, or the message could no
        longer be read; and for a text of nothing, which does not say whether the receiver is to keep what it has.
        """
        if self.read(message) == ("" if value is EMPTIED else value):
            return message
        return self._leaf.write_raw(message, self._written(value, message.delimiters))

    def _written(self, value: str | Emptied | None, marks: Delimiters) -> str:
        if isinstance(value, Emptied):
            return NULL
        if value == "":
            raise Unwritable(
                "A text of nothing is ambiguous.",
                where=str(self),
                expected="None to take away, or EMPTIED to have the receiver empty what it holds",
                got="a text without characters",
                remedy="Say which of the two is meant.",
            )
        return escape(value, marks) if value else ""

    def write_raw(self, message: Message, raw: str) -> Message:
        """A new message with `raw` as it is (delimiters, escapes) in place of all that `read_raw` gives; else as `write`."""
        segment = self._segment(message)
        if not raw and self.read_raw(message) is None:
            return message
        if segment is None or (self.segment == "MSH" and self.field in _DECLARING):
            raise _no_place(self)
        steps = self._steps(message.delimiters)
        if any(mark in raw for mark in ("\r", "\n", message.delimiters.field, *(mark for mark, _ in steps))):
            raise _too_wide(self)
        at = self.field - 1 if self.segment == "MSH" else self.field
        line = _put(segment.raw, [(message.delimiters.field, at + 1), *steps], raw)
        return rewritten(message, segment, line)

    @property
    def _leaf(self) -> "Path":
        return Path(
            self.segment, self.field, self.nth, self.repetition or 1, self.component or 1, self.subcomponent or 1
        )

    def _segment(self, message: Message) -> Segment | None:
        named = message.all(self.segment)
        return named[self.nth - 1] if self.nth <= len(named) else None

    def _steps(self, marks: Delimiters) -> list[tuple[str, int]]:
        """From the field inwards: what parts, and which part is meant. The first, where a deeper part is named."""
        if self.segment == "MSH" and self.field in _DECLARING:
            return []
        depths = (
            (marks.repetition, self.repetition),
            (marks.component, self.component),
            (marks.subcomponent, self.subcomponent),
        )
        deepest = max((depth for depth, (_, n) in enumerate(depths, start=1) if n), default=0)
        return [(mark, n or 1) for mark, n in depths[:deepest]]

    def __str__(self) -> str:
        nth = f"[{self.nth}]" if self.nth > 1 else ""
        repetition = f"[{self.repetition}]" if self.repetition > 1 or (self.repetition and not self.component) else ""
        deeper = "".join(f".{n}" for n in (self.component, self.subcomponent) if n)
        return f"{self.segment}{nth}-{self.field}{repetition}{deeper}"


_OPTIONAL = ("nth", "repetition", "component", "subcomponent")


@lru_cache(maxsize=4096)
def path(text: str) -> Path:
    """`Path.parse`, remembered. Raises BadPath."""
    return Path.parse(text)


def leaves(message: Message) -> Iterator[Path]:
    """Each place of `message` that holds something, no deeper than it is parted, in order; MSH-1 and MSH-2 are none."""
    counts: dict[str, int] = {}
    for segment in message.segments:
        nth = counts[segment.name] = counts.get(segment.name, 0) + 1
        for n, held in enumerate(segment.fields, start=1):
            if held.raw and not (segment.name == "MSH" and n in _DECLARING):
                yield from _leaves(held.raw, Path(segment.name, n, nth), held.syntax)


def _leaves(raw: str, at: Path, syntax: Syntax) -> Iterator[Path]:
    marks = syntax.delimiters
    for r, repetition in enumerate(raw.split(marks.repetition), start=1):
        is_parted = marks.component in repetition or marks.subcomponent in repetition
        for c, component in enumerate(repetition.split(marks.component), start=1):
            for s, part in enumerate(component.split(marks.subcomponent), start=1):
                if part:
                    numbers = (
                        r if is_parted or marks.repetition in raw else 0,
                        c if is_parted else 0,
                        s if marks.subcomponent in component else 0,
                    )
                    yield Path(at.segment, at.field, at.nth, *numbers)


def _put(raw: str, steps: list[tuple[str, int]], new: str) -> str:
    """`raw` with `new` at the place that the steps lead to; delimiters are added where there are too few."""
    if not steps:
        return new
    (mark, n), *deeper = steps
    parts = raw.split(mark)
    parts += [""] * (n - len(parts))
    parts[n - 1] = _put(parts[n - 1], deeper, new)
    return mark.join(parts)


def _no_place(at: Path) -> Unwritable:
    return Unwritable(
        "There is no such place to write to.",
        where=str(at),
        expected="a segment that the message has, and no field that declares delimiters",
        got="none",
        remedy="Build the message with this segment.",
    )


def _too_wide(at: Path) -> Unwritable:
    return Unwritable(
        "What is to be written holds a delimiter that would reach beyond its place.",
        where=str(at),
        expected="no line end, and no delimiter of this depth or above",
        got="one of them",
        remedy="Escape it, or name the place less deep.",
    )
