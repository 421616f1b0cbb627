"""What goes out: a message, where it is on its way, and how its destination fares."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OutState(StrEnum):
    """Where a message is on its way. Each is in exactly one."""

    queued = "queued"
    """Kept, and to be sent (again, when it has attempts); the reason says what it waits for."""
    sent = "sent"
    """Given to the network, and no last word yet."""
    accepted = "accepted"
    """The receiver said AA, or CA where nothing more was asked: received, not filed."""
    rejected = "rejected"
    """The receiver did not take it."""
    unclear = "unclear"
    """Nobody can say whether the receiver took it: a person must look there."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self in {OutState.accepted, OutState.rejected, OutState.unclear}


class OutReason(StrEnum):
    """Why a message is where it is; each has its sentence and remedy in TOLD."""

    awaiting_application = "awaiting_application"
    cannot_connect = "cannot_connect"
    connection_lost = "connection_lost"
    decided = "decided"
    interrupted = "interrupted"
    no_answer = "no_answer"
    no_application_answer = "no_application_answer"
    not_trusted = "not_trusted"
    refused = "refused"
    refused_after_doubt = "refused_after_doubt"
    refused_by_application = "refused_by_application"
    refused_each_time = "refused_each_time"
    send_again = "send_again"
    told_to_try_again = "told_to_try_again"


@dataclass(frozen=True, slots=True)
class OutMessage:
    """One message on its way, all but its content.

    `of` is the caller's reference to what it tells (such as `Observation/1`). `attempts` were made, `doubts` of them ended
    without an answer. `code` is the last MSA-1. `detail` holds codes of the receiver's, never its sentences. `change`
    grows with every change of any message, so that a reader who keeps the highest it saw misses none.
    """

    id: int
    destination: str
    control_id: str
    of: str
    state: OutState
    reason: OutReason | None
    detail: str
    attempts: int
    doubts: int
    code: str
    created: datetime
    not_before: datetime | None
    sent: datetime | None
    settled: datetime | None
    decided_by: str
    decided_why: str
    change: int

    @property
    def told(self) -> str:
        """Its reason in a sentence; empty where there is none."""
        return _told(self.reason)[0]

    @property
    def remedy(self) -> str:
        """What to do; empty where nothing need be done."""
        return _told(self.reason)[1]


def _told(reason: OutReason | None) -> tuple[str, str]:
    return ("", "") if reason is None else TOLD[reason]


TOLD: dict[OutReason, tuple[str, str]] = {
    OutReason.awaiting_application: (
        "The receiver has it safe; its application has not spoken yet.",
        "Nothing need be done yet.",
    ),
    OutReason.cannot_connect: (
        "The receiver cannot be reached; the message is kept and sent when it can.",
        "See that it listens at the host and port of the destination, and that no firewall stands between.",
    ),
    OutReason.connection_lost: (
        "The connection broke before the receiver answered; it may have taken the message.",
        "See the receiver's log, and whether it closes connections by itself.",
    ),
    OutReason.decided: ("A person settled it.", ""),
    OutReason.interrupted: (
        "Tabard was stopped before the receiver answered; the same message is sent again.",
        "Nothing need be done.",
    ),
    OutReason.no_answer: (
        "The receiver did not answer in time; it may have taken the message.",
        "Look in the receiver whether the message is there; then settle it here, or have it sent again.",
    ),
    OutReason.no_application_answer: (
        "The receiver has it safe, but its application never said what became of it.",
        "Look in the receiver whether it was filed; then settle it here.",
    ),
    OutReason.not_trusted: (
        "The two sides do not trust each other's certificates; the message is kept and sent when they do.",
        "Compare the files of [tls] with what the receiver shows and asks for, and their dates.",
    ),
    OutReason.refused: (
        "The receiver refused it for good.",
        "Look at the receiver's answer; correct what it names, and write a new message.",
    ),
    OutReason.refused_after_doubt: (
        "The receiver refused it, but an earlier try got no answer: it may have been taken then.",
        "Look in the receiver whether the message is there; then settle it here, or have it sent again.",
    ),
    OutReason.refused_by_application: (
        "The receiver had it safe, then its application refused it.",
        "Look at the receiver's answer; correct what it names, and write a new message.",
    ),
    OutReason.refused_each_time: (
        "The receiver failed on it each time it was sent.",
        "Look at the receiver's answer and log; when its fault is mended, have the message sent again.",
    ),
    OutReason.send_again: ("A person has it sent again.", ""),
    OutReason.told_to_try_again: (
        "The receiver failed on it and may take it later; it is sent again.",
        "Nothing need be done yet; see the receiver's log if it goes on.",
    ),
}
"""Reason: what happened, and what to do."""


@dataclass(frozen=True, slots=True)
class DestinationState:
    """How a destination fares now. `strays` counts what came from it that answers nothing we wait for, since the start."""

    name: str
    is_connected: bool
    fault: OutReason | None
    counts: dict[str, int]
    oldest_queued: datetime | None
    strays: int
