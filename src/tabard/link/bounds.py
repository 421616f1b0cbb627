"""How much one message may hold: beyond all measure it is parked unread, so that it does not hold up the others. Pure.

The size in bytes is bounded where the message comes in; here it is what those bytes make work of.
"""

from tabard.hl7v2 import Message
from tabard.link.errors import Parked, ParkedReason

MOST_SEGMENTS = 10_000
MOST_REPETITIONS = 500
"""In one segment: the longest lists of names, numbers and doctors that hospitals send are a tenth of it."""

_OF_TEXT = frozenset({"NTE", "OBX"})
"""Segments whose repetitions are lines of a text, of which there may be many."""


def check_bounds(message: Message) -> None:
    """Raises Parked (`beyond_bounds`) for a message that no hospital sends."""
    if len(message.segments) > MOST_SEGMENTS:
        raise Parked(ParkedReason.beyond_bounds)
    mark = message.delimiters.repetition
    if message.raw.count(mark.encode()) >= MOST_REPETITIONS and any(
        segment.raw.count(mark) >= MOST_REPETITIONS for segment in message.segments if segment.name not in _OF_TEXT
    ):
        raise Parked(ParkedReason.beyond_bounds)
