"""Journal: every message that a link received, durable before it is acknowledged, each in exactly one state."""

from tabard.journal.errors import JournalFault
from tabard.journal.model import Arrival, Backlog, Entry, Mark, Outcome, Remembered, State, Waiting
from tabard.journal.reader import JournalReader
from tabard.journal.writer import JournalWriter

__all__ = [
    "Arrival",
    "Backlog",
    "Entry",
    "JournalFault",
    "JournalReader",
    "JournalWriter",
    "Mark",
    "Outcome",
    "Remembered",
    "State",
    "Waiting",
]
