"""The journal's values: what arrives, what became of it, and what is shown of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class State(StrEnum):
    """Where a message is. Each is in exactly one, so counts reconcile: received = the sum of the five."""

    waiting = "waiting"
    """Kept and acknowledged, not yet applied to the record."""
    applied = "applied"
    """Its content is in the record."""
    parked = "parked"
    """Kept whole, but it could not be applied; the reason says why."""
    refused = "refused"
    """Not taken (its sender was told so); at most its beginning is kept."""
    duplicate = "duplicate"
    """The same message again; its sender got the first one's acknowledgement again."""


class Arrival(Struct, frozen=True, gc=False):
    """A message as it came in.

    `raw` is the frame's content (for a refused one at most its beginning, and `size_bytes` tells its whole size);
    `digest` is the SHA-256 of the content without MSH-7, which a sender changes when it sends again.
    `control_id`, `sender` and `event` are empty where the header could not be read.
    """

    link: str
    peer: str
    received: datetime
    raw: bytes
    control_id: str
    sender: str
    event: str
    digest: bytes
    size_bytes: int


class Outcome(Struct, frozen=True, gc=False):
    """What became of a message: its state, and for those not applied why and what to do. No patient data in any text."""

    state: State
    reason: str | None = None
    detail: str | None = None
    remedy: str | None = None
    flags: tuple[str, ...] = ()


WAITING = Outcome(State.waiting)
"""Taken, and nothing to say of it."""


class Mark(Struct, frozen=True, gc=False):
    """The outcome of one journaled message, and when it was reached."""

    seq: int
    outcome: Outcome
    at: datetime


class Remembered(Struct, frozen=True, gc=False):
    """An earlier message with the same control id on the same link, the acknowledgement it got, and whether it is the same."""

    seq: int
    ack: bytes
    is_same: bool


class Waiting(Struct, frozen=True, gc=False):
    """A message to be applied."""

    seq: int
    link: str
    received: datetime
    raw: bytes


class Backlog(Struct, frozen=True, gc=False):
    """That a message waits, without its content."""

    seq: int
    link: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal as people see it: all but the content."""

    seq: int
    link: str
    received: datetime
    peer: str
    control_id: str
    sender: str
    event: str
    state: State
    reason: str | None
    detail: str | None
    remedy: str | None
    flags: tuple[str, ...]
    ack_code: str
    size_bytes: int
    first: int | None
    handled: datetime | None
