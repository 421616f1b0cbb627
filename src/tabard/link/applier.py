"""Applies journaled messages to the record: in order, each fully or not at all, none stopping the others.

One transaction of the record holds a batch; each message has a savepoint in it, and the mark that it was applied stands
beside what it brought. What cannot be applied is parked with a reason, a sentence and a remedy; what must wait for another
message is held, and what was told anew since has no effect (`holding`, `ages`).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from tabard.dialect import Dialect
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.journal import Mark, Outcome, State, Waiting
from tabard.link import holding
from tabard.link.attempt import Attempt, source_of
from tabard.link.fate import OF_THE_FILE, fate_of
from tabard.link.identity import LooseIds
from tabard.link.records import Record
from tabard.link.remembering import Told

PATIENT_COMES_WITHIN = timedelta(hours=24)
"""So long what is about a patient who is not known waits for the registration; then it is parked."""


class Writing(Record, Protocol):
    """What applying asks of the record's transaction."""

    def savepoint(self) -> AbstractContextManager[object]:
        """What is written inside is undone when an exception leaves it."""

    def mark_applied(self, seq: int, /) -> None:
        """Remember, in this transaction, that the message was applied."""

    def is_applied(self, seq: int, /) -> bool:
        """Whether the message was applied before."""


class RecordWriter(Protocol):
    """The writing end of the record."""

    def transaction(self) -> AbstractContextManager[Writing]:
        """All or nothing, durable when it is left."""

    def close(self) -> None:
        """Let go of the file."""


class Change(NamedTuple):
    """A version that a message made; for who listens after the commit."""

    seq: int
    type: str
    id: str
    version: int


AfterCommit = Callable[[Sequence[Change], bool], None]
"""Hears what a batch wrote, once it is durable, and whether it came by a replay or an opening load: such sets nothing off."""


class Applier:
    """Applies messages of all links; `dialects` answers the dialect of a link, None where the link is not set up.

    `after_commit` is called in this thread, once for what came live and once for what was replayed or loaded.
    """

    def __init__(
        self,
        record: RecordWriter,
        dialects: Callable[[str], Dialect | None],
        ids: KeyedIds,
        clock: Clock,
        *,
        after_commit: AfterCommit = lambda _changes, _is_replay: None,
        patient_comes_within: timedelta = PATIENT_COMES_WITHIN,
    ) -> None:
        self._record = record
        self._dialects = dialects
        self._ids = ids
        self._clock = clock
        self._after_commit = after_commit
        self._patience = patient_comes_within
        self._told = Told()
        self._loose: dict[str, LooseIds] = {}
        """By link: what a link's ids have in common is remembered from message to message."""
        self._is_fresh = True

    def apply(self, messages: Sequence[Waiting]) -> tuple[Mark, ...]:
        """What became of each message, in the order given; durable in the record when this returns.

        A message that the record holds as applied is applied again only where a person has it replayed: the dialect may
        have changed since, and what is no older than what is known is told anew. Raises when the record cannot be written:
        then nothing of this call is in it.
        """
        now = self._clock()
        changes: dict[bool, list[Change]] = {False: [], True: []}
        try:
            with self._record.transaction() as writing:
                held = holding.all_held(writing) if self._is_fresh else ()
                marks = [self._mark(writing, message, now, changes[message.is_replay]) for message in messages]
        except BaseException:
            self._told.forget(everything=True)
            raise
        self._is_fresh = False
        for is_replay, told in changes.items():
            if told:
                self._after_commit(told, is_replay)
        if marks and held:  # a release may have been lost with the last process: what is held is given again
            marks[-1] = replace(marks[-1], releases=tuple(dict.fromkeys((*marks[-1].releases, *held))))
        return tuple(marks)

    def close(self) -> None:
        """Let go of the record."""
        self._record.close()

    def _mark(self, writing: Writing, message: Waiting, now: datetime, changes: list[Change]) -> Mark:
        if writing.is_applied(message.seq) and not message.is_replay:
            return Mark(message.seq, Outcome(State.applied), now, releases=holding.let_go(writing, message.seq))
        attempt = Attempt(message, self._dialects(message.link), self._ids, self._loose_ids(message.link), self._told)
        try:
            with writing.savepoint():
                done = attempt.run(writing)
                if done.outcome.state is State.applied:
                    writing.mark_applied(message.seq)
        except OF_THE_FILE:
            raise
        except Exception as fault:  # noqa: BLE001  one message's fault, whatever it is, must not stop the others
            self._told.forget()
            return fate_of(fault, writing, attempt, message, now, self._patience)
        self._told.keep()
        changes += [Change(message.seq, *one) for one in done.written]
        released = (*done.released, *holding.let_go(writing, message.seq))
        return Mark(message.seq, done.outcome, now, attempt.under, tuple(dict.fromkeys(released)))

    def _loose_ids(self, link: str) -> LooseIds:
        loose = self._loose.get(link)
        if loose is None:
            loose = self._loose[link] = LooseIds(self._ids, link)
        return loose


__all__ = ["AfterCommit", "Applier", "Change", "source_of"]
