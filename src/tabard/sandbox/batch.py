"""A day as a batch file: every message of it, between the envelopes of HL7's batch protocol. Source: HL7 v2.4, 2.15."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from tabard.sandbox.accent import reword
from tabard.sandbox.events import Event
from tabard.sandbox.habits import Habits
from tabard.sandbox.layout import Layout
from tabard.sandbox.messages import render
from tabard.sandbox.wording import local_time

_PLAIN = Habits()


def worded(events: Iterable[Event], layout: Layout, habits: Habits = _PLAIN, run: str = "DAY") -> Iterator[bytes]:
    """The message of each event, as the pretend Lorenzo tells it at the time it happened; `run` begins its control ids."""
    for number, event in enumerate(events, 1):
        plain = render(event, layout, control_id=f"{run}{number:08d}", sequence=number, sent=event.at)
        yield reword(plain, event, habits)


def batch_file(messages: Iterable[bytes], layout: Layout, made: datetime) -> Iterator[bytes]:
    """FHS, BHS, the messages, BTS with their number, FTS: piece by piece."""
    sender = f"LORENZO|{layout.ods}|ROUTE|ROUTE|{local_time(made)}"
    yield f"FHS|^~\\&|{sender}\rBHS|^~\\&|{sender}\r".encode()
    number = 0
    for message in messages:
        number += 1
        yield message
    yield f"BTS|{number}\rFTS|1\r".encode()
