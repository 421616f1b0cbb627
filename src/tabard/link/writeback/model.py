"""Writes: what a product wrote, and how far it has come on its way into the record system."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WriteState(StrEnum):
    """How far a write has come. Each is in exactly one."""

    pending = "pending"
    """Not in the record system as far as anybody knows: kept, and to be sent or answered."""
    accepted = "accepted"
    """The record system said that it received it. Received is not filed."""
    rejected = "rejected"
    """The record system did not take it."""
    unclear = "unclear"
    """Nobody can say whether the record system took it: a person must look there."""
    confirmed = "confirmed"
    """The record system told it back: it is there."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more is waited for."""
        return self is WriteState.confirmed


@dataclass(frozen=True, slots=True)
class Write:
    """One write. `resource` is its reference, such as `Observation/1`; `patient` is the record's id.

    `number` is the message's in the outbox of its destination; None before it is there, and for FHIR. `reason` says in a
    sentence how it stands and `remedy` what to do, both empty where there is nothing to say.
    """

    id: int
    resource: str
    patient: str
    link: str
    destination: str
    control_id: str
    number: int | None
    state: WriteState
    reason: str
    remedy: str
    created: datetime
    changed: datetime
    client: str
    person: str


@dataclass(frozen=True, slots=True)
class Author:
    """By which product and on whose behalf a write is made."""

    client: str
    person: str


WORDS: dict[WriteState, str] = {
    WriteState.pending: "Not yet in the record system",
    WriteState.accepted: "Received by the record system, not yet seen filed",
    WriteState.rejected: "Refused by the record system: it is not there",
    WriteState.unclear: "Nobody knows whether the record system has it",
    WriteState.confirmed: "In the record system",
}
"""Each state as a reader sees it."""

QUEUED = "It is kept and waits to be sent."
RECEIVED = (
    "The record system said that it received it. Received is not filed: until it comes back over the feed, look there."
)
"""What AA means, and no more. Source: HL7 v2.4, 2.14.1."""
