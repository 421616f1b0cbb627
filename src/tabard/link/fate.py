"""The fate of a message that was not applied, by whose the fault is.

Of the message: parked alone, with reason and remedy; the others go on. Of identity, nobody knowing whom it is about: parked,
and what follows under its numbers is held behind it. Passing, such as something busy: tried again after growing pauses, what
follows held meanwhile, and in the end parked as stuck. Of the record's file: not here; all messages wait.
"""

from datetime import datetime, timedelta

import apsw
import structlog

from tabard.database import DatabaseAway
from tabard.dialect import Untranslatable
from tabard.ground.errors import PeerError
from tabard.hl7v2 import Unreadable
from tabard.journal import Mark, Outcome, State, Waiting
from tabard.link import holding
from tabard.link.attempt import Attempt
from tabard.link.errors import (
    OF_IDENTITY,
    OTHERS_WAIT,
    TOLD,
    Behind,
    NotKnown,
    Parked,
    ParkedReason,
    Transient,
    WaitingReason,
    told_in_words,
)
from tabard.link.filing import ABOUT_THE_KNOWN
from tabard.link.holding import Held, Hold
from tabard.link.retrying import MOST_ATTEMPTS, pause

_log = structlog.get_logger("tabard.link")

OF_THE_FILE = (
    DatabaseAway,
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.CorruptError,
    apsw.FullError,
    apsw.IOError,
    apsw.LockedError,
    apsw.NoMemError,
    apsw.ReadOnlyError,
)
"""Faults of the record's file or server and not of a message: the messages go on waiting."""


def fate_of(
    fault: Exception, record: Held, attempt: Attempt, message: Waiting, now: datetime, patience: timedelta
) -> Mark:
    """What becomes of a message that was not applied because of `fault`; holds are noted in the record."""
    match fault:
        case Behind():
            holding.bar(record, message.seq, Hold(fault.key, attempt.keys()))
            return _waiting(message, WaitingReason.behind, fault.key, now)
        case NotKnown() if now < message.received + patience:
            return _awaiting(record, attempt, message, now, message.received + patience)
        case NotKnown():
            fault = Parked(ParkedReason.unknown_patient)
        case Transient() | PeerError() if message.attempts < MOST_ATTEMPTS:
            keys = attempt.keys()
            holding.bar(record, message.seq, Hold(_under(attempt, keys), keys))
            again_at = now + pause(message.attempts, message.seq)
            return _waiting(message, WaitingReason.retry, _under(attempt, keys), now, again_at)
        case Transient() | PeerError():
            fault = Parked(ParkedReason.stuck)
        case Parked() if fault.reason in OF_IDENTITY and attempt.event not in ABOUT_THE_KNOWN:
            keys = attempt.keys()
            holding.bar(record, message.seq, Hold(_under(attempt, keys), keys))
            return Mark(message.seq, _outcome(fault, message, others_wait=True), now, _under(attempt, keys))
    return Mark(message.seq, _outcome(fault, message), now, attempt.under, releases=holding.let_go(record, message.seq))


def _awaiting(record: Held, attempt: Attempt, message: Waiting, now: datetime, again_at: datetime) -> Mark:
    keys = attempt.keys()
    holding.await_patient(record, message.seq, Hold(_under(attempt, keys), keys))
    return _waiting(message, WaitingReason.patient_not_known, _under(attempt, keys), now, again_at)


def _under(attempt: Attempt, keys: tuple[bytes, ...]) -> bytes:
    return attempt.under or next(iter(keys), b"")


def _waiting(
    message: Waiting, reason: WaitingReason, under: bytes, now: datetime, again_at: datetime | None = None
) -> Mark:
    outcome = Outcome(State.waiting, str(reason), told_in_words(reason))
    return Mark(message.seq, outcome, now, under, again_at=again_at, is_tried=reason is WaitingReason.retry)


def _outcome(fault: Exception, message: Waiting, *, others_wait: bool = False) -> Outcome:
    match fault:
        case Parked():
            remedy = f"{fault.remedy} {OTHERS_WAIT}" if others_wait else fault.remedy
            return _parked(fault.reason, fault.message, remedy)
        case Untranslatable():
            got = f" It says: {fault.got}." if fault.got else ""  # never of a patient: see `Untranslatable`
            return _parked(fault.reason, f"{fault.place}: {fault.message}{got}", fault.remedy)
        case Unreadable():
            sentence, remedy = TOLD[ParkedReason.unreadable]
            where = f"{fault.where}: " if fault.where else ""
            return _parked(ParkedReason.unreadable, f"{where}{fault.message or sentence}", fault.remedy or remedy)
    # Told by its class alone: a fault's text, or a traceback's, may quote the patient.
    kind = type(fault).__name__
    _log.error("message_not_applied", seq=message.seq, link=message.link, fault=kind)
    sentence, remedy = TOLD[ParkedReason.internal_error]
    return _parked(ParkedReason.internal_error, f"{sentence} ({kind})", remedy)


def _parked(reason: str, sentence: str, remedy: str | None) -> Outcome:
    return Outcome(State.parked, str(reason), sentence, remedy)
