"""Journal: every message that a link received, durable before it is acknowledged, each in exactly one state."""

from tabard.journal.digests import DEFERRED, digest_of
from tabard.journal.errors import JournalFault
from tabard.journal.model import (
    AckState,
    Arrival,
    Backlog,
    Entries,
    Entry,
    GivesAgain,
    Intervention,
    Mark,
    NewRow,
    Outcome,
    Remembered,
    Row,
    State,
    Waiting,
)
from tabard.journal.reader import JournalReader
from tabard.journal.writer import LOADED, JournalWriter

__all__ = [
    "DEFERRED",
    "LOADED",
    "AckState",
    "Arrival",
    "Backlog",
    "Entries",
    "Entry",
    "GivesAgain",
    "Intervention",
    "JournalFault",
    "JournalReader",
    "JournalWriter",
    "Mark",
    "NewRow",
    "Outcome",
    "Remembered",
    "Row",
    "State",
    "Waiting",
    "digest_of",
]
