"""What one turn of the intake's loop holds: pieces that came, marks to write, and how they were filed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from msgspec import Struct

from tabard.hl7v2 import FramingFault
from tabard.journal import JournalWriter, Mark, Outcome


class Sender(Protocol):
    """The other end of a connection, as the intake knows it."""

    link: str
    peer: str

    def answer(self, frames: bytes) -> None:
        """Send framed acknowledgements; where the sender has gone, nothing happens."""
        ...


class Received(Struct, frozen=True, gc=False):
    """What one connection brought in one piece."""

    sender: Sender
    items: Sequence[bytes | FramingFault]


class Marked(Struct, frozen=True, gc=False):
    """What became of messages, and who waits for it to be written."""

    marks: Sequence[Mark]
    done: Future[None]


class Asked(Struct, frozen=True, gc=False):
    """Something else to be done with the journal in the turn's transaction, and who waits for its result."""

    act: Callable[[JournalWriter], object]
    done: Future[Any]


class Filed(Struct, frozen=True, gc=False):
    """One item as journaled: its number, its state, and its answer (framed; empty when there is none)."""

    seq: int
    outcome: Outcome
    answer: bytes
