"""What may be said of a sender that does not belong: its name, where it is plain that it is one and nobody's else.

A message that is out of step may hold anything where its sender should stand, a patient's name too.
"""

import re
from collections.abc import Iterator

from tabard.hl7v2 import Message

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_ONLY_DIGITS = re.compile(r"[0-9 -]+")
_OF_PEOPLE = ("PID", "NK1", "MRG")
_AUTHORITY = 4
"""The component of a number that says whose it is; a sender's own name may well stand there."""


def sender_told(message: Message, sent: str) -> str:
    """`sent` where it may be repeated to people; else what it is instead."""
    if not sent:
        return "nothing"
    word = sent.casefold()
    if not _NAME.fullmatch(sent) or _ONLY_DIGITS.fullmatch(sent) or word in set(_words(message)):
        return "a name that is not shown: it may tell of a patient"
    return sent


def _words(message: Message) -> Iterator[str]:
    """Every part of what is told of people, but whose their numbers are."""
    for segment in message.segments[1:]:
        if segment.name in _OF_PEOPLE:
            for field in segment.fields:
                for repetition in field.repetitions:
                    for n, component in enumerate(repetition.components, start=1):
                        if n != _AUTHORITY:
                            yield from (part.strip().casefold() for part in component.subcomponents)
