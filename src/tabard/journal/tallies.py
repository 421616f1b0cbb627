"""Counts by link and state, kept beside the messages and changed in the same transaction."""

from dataclasses import dataclass, field

import apsw

from tabard.journal.model import State

_COUNTED = ("received", *(state.value for state in State))
_ADD = (
    f"INSERT INTO tally (link, {', '.join(_COUNTED)}, heard, answered) VALUES (?{',?' * len(_COUNTED)},?,?)"  # noqa: S608  constants only
    f" ON CONFLICT (link) DO UPDATE SET {', '.join(f'{name} = {name} + excluded.{name}' for name in _COUNTED)},"
    " heard = coalesce(excluded.heard, heard), answered = max(answered, excluded.answered)"
)


@dataclass(slots=True)
class _Change:
    """What one transaction adds to a link's counts."""

    received: int = 0
    by_state: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    heard_us: int | None = None
    answered: int = 0


class Tallies:
    """The changes of the open transaction, summed up so that each link's row is written once a commit."""

    def __init__(self) -> None:
        self._changes: dict[str, _Change] = {}

    def add(self, link: str, state: State, *, heard_us: int | None) -> None:
        """A message was received and is in `state`; `heard_us` when it shows that the feed lives."""
        change = self._of(link)
        change.received += 1
        change.by_state[state] += 1
        if heard_us is not None:
            change.heard_us = heard_us

    def add_waiting(self, link: str, number: int, heard_us: int) -> None:
        """So many messages were received and wait."""
        change = self._of(link)
        change.received += number
        change.by_state[State.waiting] += number
        change.heard_us = heard_us

    def move(self, link: str, old: State, new: State) -> None:
        """A message of `link` changed its state."""
        by_state = self._of(link).by_state
        by_state[old] -= 1
        by_state[new] += 1

    def answered(self, link: str, seq: int) -> None:
        """The answers to the messages of `link` up to `seq` were written, but for those told otherwise."""
        self._of(link).answered = seq

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._changes)

    def write(self, cursor: apsw.Cursor) -> None:
        """Add the changes to the table, within the open transaction."""
        for link, change in self._changes.items():
            cursor.execute(_ADD, (link, change.received, *change.by_state.values(), change.heard_us, change.answered))

    def forget(self) -> None:
        """The transaction ended; the next begins from nothing."""
        self._changes.clear()

    def _of(self, link: str) -> _Change:
        change = self._changes.get(link)
        if change is None:
            change = self._changes[link] = _Change()
        return change
