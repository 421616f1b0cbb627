"""What people see of the journal: counts, the messages that wait for a person, the latest ones. Never any content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tabard.ground.errors import NotFound
from tabard.journal import Entry, JournalReader, State

JOURNAL_FILE = "journal.db"


@dataclass(frozen=True, slots=True)
class Line:
    """One message as people see it.

    `seq` is its number in the journal; `state` is waiting, applied, parked, refused or duplicate; `reason` is a code,
    `detail` and `remedy` are sentences; `flags` are such as `PID-7:bad-date`. None holds patient data.
    """

    seq: int
    link: str
    received: datetime
    sender: str
    event: str
    control_id: str
    state: str
    reason: str | None
    detail: str | None
    remedy: str | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages came, and what became of them: `received` is the sum of `states`."""

    received: int
    states: Mapping[str, int]
    parked_reasons: Mapping[str, int]


class JournalView:
    """A journal as people see it. Any thread may use it."""

    def __init__(self, reader: JournalReader) -> None:
        self._reader = reader

    def counts(self, link: str | None = None) -> Counts:
        """The counts of one link, or of all."""
        states = self._reader.counts(link)
        received = states.pop("received")
        return Counts(received, states, self._reader.reasons(State.parked, link))

    def parked(self, limit: int = 50, *, before: int | None = None, link: str | None = None) -> tuple[Line, ...]:
        """Messages that were not applied (parked, or refused at the door), newest first, numbered lower than `before`."""
        both = [
            entry
            for state in (State.parked, State.refused)
            for entry in self._reader.entries(state=state, link=link, before=before, limit=limit)
        ]
        return tuple(map(_line, sorted(both, key=lambda entry: -entry.seq)[:limit]))

    def latest(self, limit: int = 50, *, before: int | None = None, link: str | None = None) -> tuple[Line, ...]:
        """Messages of every state, newest first, numbered lower than `before`."""
        return tuple(map(_line, self._reader.entries(link=link, before=before, limit=limit)))

    def close(self) -> None:
        """Let go of the calling thread's connection."""
        self._reader.close()


def journal_of(folder: Path) -> JournalView:
    """The journal of the hospital in `folder`. Raises NotFound where no link of it was ever served."""
    path = folder / JOURNAL_FILE
    if not path.is_file():
        raise NotFound(
            "this hospital has no journal yet", where=str(folder), remedy="serve it first: `tabard hospital serve`"
        )
    return JournalView(JournalReader(path))


def _line(entry: Entry) -> Line:
    return Line(
        seq=entry.seq,
        link=entry.link,
        received=entry.received,
        sender=entry.sender,
        event=entry.event,
        control_id=entry.control_id,
        state=entry.state.value,
        reason=entry.reason,
        detail=entry.detail,
        remedy=entry.remedy,
        flags=entry.flags,
    )
