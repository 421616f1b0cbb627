"""What the sending side refuses."""

import apsw

from tabard.ground.errors import CallerError, InternalError, NotFound


class Unsendable(CallerError):  # noqa: N818  the word a reader expects
    """The message cannot be put into the queue as it is. Nothing of it is told."""


def control_id_reused() -> Unsendable:
    """Another message has its control id."""
    return Unsendable(
        "another message to this destination has this control id",
        where="MSH-10",
        expected="a control id for each message",
        got="one used before",
        remedy="give each message a control id of its own; the same message may be put again as it is",
    )


def unknown(number: int) -> NotFound:
    """No message has this number."""
    return NotFound("there is no such message on its way", got=str(number), remedy="see the list of messages")


def needs_no_decision(number: int, state: str) -> Unsendable:
    """A person has nothing to decide of it."""
    return Unsendable(
        "this message needs no decision",
        where=f"message {number}",
        expected="rejected or unclear",
        got=state,
        remedy="wait until it is one of these",
    )


def queue_fault(fault: apsw.Error) -> InternalError:
    """The file of the queue failed."""
    return InternalError(
        "the queue of messages to send cannot be read or written",
        got=type(fault).__name__,
        remedy="see that the disk has room, and that the file may be written",
    )
