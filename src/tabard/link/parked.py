"""What people see of the journal: counts, the messages that wait for a person, the latest ones. Never any content."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tabard.ground.errors import NotFound
from tabard.journal import Entry, Intervention, JournalReader, State

JOURNAL_FILE = "journal.db"


@dataclass(frozen=True, slots=True)
class Line:
    """One message as people see it.

    `seq` is its number in the journal; `state` is a `State`; `reason` is a code, `detail` and `remedy` are sentences;
    `flags` are such as `PID-7:bad-date`. None holds patient data.
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
    """How many messages came, and what became of them: `received` is the sum of `states`.

    Of those waiting, some are held: `held_reasons` says for what. The others wait for their turn.
    """

    received: int
    states: Mapping[str, int]
    parked_reasons: Mapping[str, int]
    held_reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What lines are looked for; what is None says nothing. `event` is MSH-9 or its beginning, the times a half-open range."""

    link: str | None = None
    state: str | None = None
    event: str | None = None
    control_id: str | None = None
    key: bytes | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines found, newest first; `before` goes on where they end, None where all was seen."""

    lines: tuple[Line, ...]
    before: int | None


class JournalView:
    """A journal as people see it. Any thread may use it."""

    def __init__(self, reader: JournalReader) -> None:
        self._reader = reader

    def counts(self, link: str | None = None) -> Counts:
        """The counts of one link, or of all."""
        states = self._reader.counts(link)
        received = states.pop("received")
        parked, held = (self._reader.reasons(state, link) for state in (State.parked, State.waiting))
        return Counts(received, states, parked, held)

    def parked(self, limit: int = 50, *, before: int | None = None, link: str | None = None) -> tuple[Line, ...]:
        """Messages that were not applied (parked, or refused at the door), newest first, numbered lower than `before`."""
        both = [
            entry
            for state in (State.parked, State.refused)
            for entry in self._reader.entries(state=state, link=link, before=before, limit=limit)
        ]
        return tuple(map(line_of, sorted(both, key=lambda entry: -entry.seq)[:limit]))

    def latest(self, limit: int = 50, *, before: int | None = None, link: str | None = None) -> tuple[Line, ...]:
        """Messages of every state, newest first, numbered lower than `before`."""
        return tuple(map(line_of, self._reader.entries(link=link, before=before, limit=limit)))

    def arrivals(self, since: datetime, step: timedelta) -> dict[str, dict[int, int]]:
        """How many messages each link received since a moment, by steps counted from 0; a step without any is left out."""
        return self._reader.arrivals(since, step)

    def line(self, seq: int) -> Line:
        """One line. Raises NotFound."""
        return line_of(self._reader.entry(seq))

    def interventions(self, seq: int) -> tuple[Intervention, ...]:
        """What people decided about a message, in order."""
        return self._reader.interventions(seq)

    def key(self, seq: int) -> bytes:
        """The key that a message is held under; empty where it is held under none. Raises NotFound."""
        return self._reader.entry(seq).key

    def search(self, asked: Asked, limit: int = 50, *, before: int | None = None) -> Lines:
        """The lines that agree with all that is asked, newest first, numbered lower than `before`."""
        wanted = {**asdict(asked), "state": None if asked.state is None else State(asked.state)}
        found = self._reader.search(**wanted, before=before, limit=limit)
        return Lines(tuple(map(line_of, found.lines)), found.before)

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


def line_of(entry: Entry) -> Line:
    """The line of a journal's entry."""
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
