"""Loading: messages of an opening load put into the journal, where they wait like any other and set nothing off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tabard.journal import Arrival, JournalWriter, Outcome, State
from tabard.link.acknowledgement import compare, hear
from tabard.link.shapes import Shapes

_WHY = ("loading", "an opening load brings it", "nothing need be done")
_PEER = "opening load"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many messages are journaled, how many of them the journal held already, and how many cannot be read."""

    number: int = 0
    known: int = 0
    unreadable: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(self.number + other.number, self.known + other.known, self.unreadable + other.unreadable)


def load_into(journal: JournalWriter, link: str, raws: Sequence[bytes], now: datetime, by: str, reason: str) -> Loaded:
    """Append messages to the journal, within its open transaction; who loaded them and why stands beside each.

    They are of no feed: that they came says nothing of whether the link lives. Raises JournalFault.
    """
    shapes, done = Shapes(), Loaded()
    for raw in raws:
        done += _put(journal, link, raw, shapes, now, by, reason)
    return done


def _put(journal: JournalWriter, link: str, raw: bytes, shapes: Shapes, now: datetime, by: str, reason: str) -> Loaded:
    heard, known = hear(raw, shapes), None
    if heard.outcome.state is State.waiting:
        known = journal.remembered(link, heard.control_id, heard.digest)
        heard = heard if known is None else compare(heard, known)
    shape, is_waiting = heard.shape, heard.outcome.state is State.waiting
    arrival = Arrival(
        link,
        _PEER,
        now,
        raw,
        heard.control_id,
        "" if shape is None else shape.sender,
        "" if shape is None else shape.event,
        heard.digest,
        len(raw),
    )
    is_same = heard.outcome.state is State.duplicate
    seq = journal.append(
        arrival,
        # A mark that is taken back at once: only what was marked is given to the applier by a person's word.
        outcome=Outcome(State.parked, *_WHY, flags=heard.outcome.flags) if is_waiting else heard.outcome,
        ack_code="",
        first=known.seq if known is not None and is_same else None,
        is_load=True,
    )
    if is_waiting:
        journal.replay((seq,), at=now, by=by, reason=reason)
    return Loaded(1, int(is_same), int(not is_same and not is_waiting))
