"""Write-back: what products write, on its way into the record system, and how far it has come."""

from tabard.link.writeback.book import BOOK_FILE
from tabard.link.writeback.desk import Outlook, Standing
from tabard.link.writeback.echo import echoed
from tabard.link.writeback.errors import AlreadyWritten, Misshapen, NotTaken, Outdated, TooLarge
from tabard.link.writeback.marks import REASON, STATE
from tabard.link.writeback.model import WORDS, Author, Write, WriteState
from tabard.link.writeback.preparing import Offer, Prepared
from tabard.link.writeback.write_back import Taken, WriteBack

__all__ = [
    "BOOK_FILE",
    "REASON",
    "STATE",
    "WORDS",
    "AlreadyWritten",
    "Author",
    "Misshapen",
    "NotTaken",
    "Offer",
    "Outdated",
    "Outlook",
    "Prepared",
    "Standing",
    "Taken",
    "TooLarge",
    "Write",
    "WriteBack",
    "WriteState",
    "echoed",
]
