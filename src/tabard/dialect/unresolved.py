"""Unresolved codes: a reference to the sender's own code sets, such as `CD:4072430`, says nothing to anybody else.

It is taken out before the message is read, so that it is never shown as text. A field that held nothing else is flagged.
Source: messages of Cerner Millennium.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from tabard.dialect.table.patterns import beginning, compiled
from tabard.hl7v2 import Delimiters, Message, Segment, Syntax

Flagging = Callable[[str, str, str], None]


def without_unresolved(message: Message, shape: str, flag: Flagging) -> Message:
    """The message without the components and subcomponents whose whole text is of this shape."""
    marks = message.delimiters
    code, part, start = compiled(shape), _part(marks), beginning(shape)
    header, *others = message.segments
    syntax = Syntax(marks, message.header.codec)

    def cleared(segment: Segment) -> Segment:
        if start not in segment.raw:
            return segment
        raw = part.sub(lambda told: "" if code.fullmatch(told[0]) else told[0], segment.raw)
        return segment if raw == segment.raw else _noted(segment, Segment(raw, syntax), flag)

    return Message(message.raw, message.header, (header, *[cleared(segment) for segment in others]))


def _noted(segment: Segment, cleared: Segment, flag: Flagging) -> Segment:
    """The cleared segment, each field of it flagged that now holds nothing."""
    for n, field in enumerate(segment.fields, start=1):
        if cleared.field(n).is_absent and not field.is_absent:
            flag(
                "unresolved-code",
                f"{segment.name}-{n}",
                "what the code means, not its number in the sender's code sets",
            )
    return cleared


@lru_cache(maxsize=16)
def _part(marks: Delimiters) -> re.Pattern[str]:
    """Whatever stands between two delimiters, or the last of them and the end."""
    edges = re.escape(marks.field + marks.component + marks.repetition + marks.subcomponent)
    return re.compile(rf"(?<=[{edges}])[^{edges}]+")
