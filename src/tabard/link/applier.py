"""Applies journaled messages to the record: in order, each fully or not at all, none stopping the others.

One transaction of the record holds a batch; each message has a savepoint in it, and the mark that it was applied stands
beside what it brought. What cannot be applied is parked with a reason, a sentence and a remedy.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import apsw
import structlog

from tabard.dialect import Dialect, Flag, Translation, Untranslatable, translate
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.hl7v2 import Unreadable, parse
from tabard.journal import Mark, Outcome, State, Waiting
from tabard.link.bounds import check_bounds
from tabard.link.errors import TOLD, Parked, ParkedReason
from tabard.link.filing import Filing, Record
from tabard.link.identity import LooseIds, RecordIds
from tabard.link.telling import told_at

_log = structlog.get_logger("tabard.link")

_OF_THE_FILE = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.CorruptError,
    apsw.FullError,
    apsw.IOError,
    apsw.LockedError,
    apsw.NoMemError,
    apsw.ReadOnlyError,
)
"""Faults of the record's file and not of a message: the messages go on waiting."""


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


class Applier:
    """Applies messages of all links; `dialects` answers the dialect of a link, None where the link is not set up."""

    def __init__(
        self, record: RecordWriter, dialects: Callable[[str], Dialect | None], ids: KeyedIds, clock: Clock
    ) -> None:
        self._record = record
        self._dialects = dialects
        self._ids = ids
        self._clock = clock

    def apply(self, messages: Sequence[Waiting]) -> tuple[Mark, ...]:
        """What became of each message, in the order given; durable in the record when this returns.

        A message that the record holds as applied is not applied again. Raises when the record cannot be written:
        then nothing of this call is in it.
        """
        with self._record.transaction() as writing:
            outcomes = [self._outcome(writing, message) for message in messages]
        now = self._clock()
        return tuple(Mark(message.seq, outcome, now) for message, outcome in zip(messages, outcomes, strict=True))

    def close(self) -> None:
        """Let go of the record."""
        self._record.close()

    def _outcome(self, writing: Writing, message: Waiting) -> Outcome:
        if writing.is_applied(message.seq):
            return Outcome(State.applied)
        try:
            with writing.savepoint():
                flags = self._applied(writing, message)
                writing.mark_applied(message.seq)
        except Parked as fault:
            return _parked(fault.reason, fault.message, fault.remedy)
        except Untranslatable as fault:
            return _parked(fault.reason, f"{fault.place}: {fault.message}", fault.remedy)
        except Unreadable as fault:
            sentence, remedy = TOLD[ParkedReason.unreadable]
            where = f"{fault.where}: " if fault.where else ""
            return _parked(ParkedReason.unreadable, f"{where}{fault.message or sentence}", fault.remedy or remedy)
        except _OF_THE_FILE:
            raise
        except Exception as fault:  # noqa: BLE001  one message's fault, whatever it is, must not stop the others
            return _failed(message, fault)
        return Outcome(State.applied, flags=flags)

    def _applied(self, writing: Writing, message: Waiting) -> tuple[str, ...]:
        dialect = self._dialects(message.link)
        if dialect is None:
            raise Parked(ParkedReason.unknown_link)
        ids = RecordIds(writing, LooseIds(self._ids, message.link))
        parsed = parse(message.raw)
        check_bounds(parsed)
        translation = translate(parsed, dialect, ids)
        told = told_at(parsed.header.time, dialect.time_zone, message.received)
        filing = Filing(writing, source_of(message.link), told, ids.key, ids.prior_key)
        return (*_flags(translation), *filing.file(translation))


def source_of(link: str) -> str:
    """The `meta.source` of what a link brought."""
    return f"urn:tabard:link:{link}"


def _flags(translation: Translation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flag_text(flag) for flag in translation.flags))


def flag_text(flag: Flag) -> str:
    """A flag in one word, such as `PID-7:bad-date`."""
    return f"{flag.place}:{flag.code}".replace(" ", "-")


def _parked(reason: str, sentence: str, remedy: str | None) -> Outcome:
    return Outcome(State.parked, str(reason), sentence, remedy)


def _failed(message: Waiting, fault: Exception) -> Outcome:
    """Told by its class alone: a fault's text, or a traceback's, may quote the patient."""
    kind = type(fault).__name__
    _log.error("message_not_applied", seq=message.seq, link=message.link, fault=kind)
    sentence, remedy = TOLD[ParkedReason.internal_error]
    return _parked(ParkedReason.internal_error, f"{sentence} ({kind})", remedy)
