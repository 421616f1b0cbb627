"""The journal's values: what arrives, what became of it, and what is shown of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, get_args

from msgspec import Struct


class State(StrEnum):
    """Where a message is. Each is in exactly one, so counts reconcile: received = the sum of the six."""

    waiting = "waiting"
    """Kept and acknowledged, not yet applied to the record; with a reason it is held until something else has happened."""
    applied = "applied"
    """Its content is in the record."""
    no_effect = "no_effect"
    """Understood and rightly left without effect (older than what is known, or of no matter here); the reason says which."""
    parked = "parked"
    """Kept whole, but it could not be applied; the reason says why."""
    refused = "refused"
    """Not taken (its sender was told so); at most its beginning is kept."""
    duplicate = "duplicate"
    """The same message again; its sender got the first one's acknowledgement again."""


class AckState(StrEnum):
    """Whether the sender was told. The other axis: it says nothing of what became of the message."""

    pending = "pending"
    """The answer is not known to have left: it waits to be written, or for the message to be applied."""
    delivered = "delivered"
    """The answer was given to the network whole."""
    undelivered = "undelivered"
    """The sender was gone before its answer left, or we ended and do not know; when it sends again it gets the same answer."""
    not_owed = "not_owed"
    """Nothing is answered: nobody waits for it, or the sender asked for none (MSH-15)."""


class Arrival(Struct, frozen=True, gc=False):
    """A message as it came in.

    `raw` is the frame's content (for a refused one at most its beginning, and `size_bytes` tells its whole size);
    `digest` is the SHA-256 of the content without MSH-7, which a sender changes when it sends again; or DEFERRED.
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
    """The outcome of one journaled message, and when it was reached.

    `key` is a keyed hash of whom the message is about, never a number of theirs. All held messages of the keys in
    `releases` are given again. A held message (its outcome is `waiting`, with a reason) is given again, with all of its key,
    when its key is released or at `again_at`. `is_tried` says that this was a try, and not a wait for something else.
    """

    seq: int
    outcome: Outcome
    at: datetime
    key: bytes = b""
    releases: tuple[bytes, ...] = ()
    again_at: datetime | None = None
    is_tried: bool = True


Row = tuple[int, str, int, str, str, str, str, bytes, int, str, str, bytes | None, int | None, bytes | None]
"""An arrival as the table of messages holds it, made by the thousand and so a bare tuple: number, link, when received (in
microseconds since 1970), peer, control id, sender, event, digest, size in bytes, flags parted by blanks, code of the answer,
the answer (only where it cannot be made again of the header, the number and the time), of a duplicate the number that holds
the content, and the content (None for a duplicate)."""


NewRow = tuple[int, str, int, str, str, str, str, int, str, bytes]
"""A message that is new, waits, and has nothing to be said of it: number, link, when received, peer, control id, sender, event,
size in bytes, code of the answer, content."""


class Remembered(Struct, frozen=True, gc=False):
    """An earlier message with the same control id on the same link, and whether it is the same.

    `ack` is the acknowledgement it got, where that is kept; else it is made again of the same header, the code and time.
    `later` is the application's, where one was owed.
    """

    seq: int
    ack: bytes | None
    is_same: bool
    ack_code: str
    received: datetime
    state: State
    later: bytes | None = None


class Waiting(Struct, frozen=True, gc=False):
    """A message to be applied.

    `is_replay` when it is given again by a person's word, or comes from an opening load: it then sets nothing off beyond
    the record. `attempts` is how often it was tried before, since a person last gave it again.
    """

    seq: int
    link: str
    received: datetime
    raw: bytes
    is_replay: bool = False
    attempts: int = 0


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
    ack_state: AckState
    key: bytes
    attempts: int
    replays: int
    again_at: datetime | None


class Entries(Struct, frozen=True):
    """Lines found, newest first, and the number before which to go on looking; None when all was seen."""

    lines: tuple[Entry, ...]
    before: int | None


GivesAgain = Literal["replay", "same_person", "new_person", "reject", "withdraw"]
"""Persons' words by which a message is applied again: as it is, or as they say whom it is about."""
GIVING_AGAIN = str(get_args(GivesAgain))
"""The same, as SQL names them."""


class Intervention(Struct, frozen=True, gc=False):
    """That a person decided about a message: when, who, what (`release`, `settle`, or what gives it again) and why."""

    at: datetime
    by: str
    verb: str
    reason: str
