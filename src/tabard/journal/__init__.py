"""Journal: every message that a link received, durable before it is acknowledged, each in exactly one state."""

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
    Outcome,
    Remembered,
    Row,
    State,
    Waiting,
)
from tabard.journal.reader import JournalReader
from tabard.journal.writer import LOADED, JournalWriter

__all__ = [
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
    "Outcome",
    "Remembered",
    "Row",
    "State",
    "Waiting",
]
