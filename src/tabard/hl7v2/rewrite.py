"""One segment of a message exchanged, every other byte as it was."""

import re

from tabard.hl7v2.errors import Unreadable, Unwritable
from tabard.hl7v2.message import Message, Segment, parse

_LINE = re.compile(r"[^\r\n]+")


def rewritten(message: Message, segment: Segment, line: str) -> Message:
    """A new message with `line` in the place of `segment`, which is one of its own.

    Raises Unwritable where the character set lacks a character of it, or the message could no longer be read.
    """
    codec = message.header.codec
    text = message.raw.decode(codec)
    place = next(index for index, one in enumerate(message.segments) if one is segment)
    lines = [match for match in _LINE.finditer(text) if not match[0].isspace()]
    at = lines[place]
    try:
        raw = (text[: at.start()] + line + text[at.end() :]).encode(codec)
        return parse(raw, default_charset=message.header.assumed_charset)
    except (UnicodeEncodeError, Unreadable) as fault:
        told = None if isinstance(fault, UnicodeEncodeError) else fault.where
    # Outside the handler on purpose: UnicodeEncodeError carries the whole message, which must not travel with ours.
    raise Unwritable(
        "With this value the message could not be read any more.",
        where=segment.name if told is None else told,
        expected=f"what can be read back, in {codec.upper()}",
        got="something else (not shown: it may tell of a patient)",
        remedy="Write another value, or build the message anew under another MSH-18.",
    )
