"""Pairs: messages about two patients, each told by a PID and what follows it. Source: HL7 v2.4, 3.3.17 "A17", 3.3.24 "A24"."""

from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.model import Event
from tabard.dialect.needs import required
from tabard.hl7v2 import Message, Segment

PAIRS = frozenset({Event.swap, Event.link_people, Event.unlink_people})
"""The events that are about two patients."""


def parted(message: Message) -> tuple[Message, Message]:
    """The message of each patient: what both share, and the segments from one PID up to the next.

    Raises Untranslatable when it holds not two.
    """
    required(message, "PID")
    places = [n for n, segment in enumerate(message.segments) if segment.name == "PID"]
    if len(places) != 2:  # noqa: PLR2004  a pair is two
        raise Untranslatable(
            Reason.several_patients if len(places) > 1 else Reason.missing_segment,
            "The event is about two patients, and the message is not.",
            place="PID",
            expected="two PID segments",
            remedy="Have the sender send both patients, and no third, in one message.",
        )
    first, second = places
    segments = message.segments
    shared = segments[:first]
    return _of(message, shared + segments[first:second]), _of(message, shared + segments[second:])


def _of(message: Message, segments: tuple[Segment, ...]) -> Message:
    return Message(message.raw, message.header, segments)


def two_people(first_id: str, second_id: str) -> None:
    """Raises Untranslatable when both are one: nobody swaps beds with, or is linked to, himself."""
    if first_id == second_id:
        raise Untranslatable(
            Reason.merge_with_itself,
            "A message about two patients names the same one twice.",
            place="PID",
            expected="two patients",
            remedy="Ask the sender which two patients are meant.",
        )
