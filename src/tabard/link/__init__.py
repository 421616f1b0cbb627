"""Link: messages from an EHR into the journal and the record, and how fresh what they brought is."""

from tabard.link.applier import Applier, source_of
from tabard.link.errors import Parked, ParkedReason
from tabard.link.feeds import Feed, FeedState
from tabard.link.parked import Counts, JournalView, Line, journal_of
from tabard.link.ports import Applies, MakeApplier
from tabard.link.sender import Answer, send
from tabard.link.service import Links
from tabard.link.settings import LinkSettings, add_link, list_links, load_link
from tabard.link.translating import Translated, translate_file

__all__ = [
    "Answer",
    "Applier",
    "Applies",
    "Counts",
    "Feed",
    "FeedState",
    "JournalView",
    "Line",
    "LinkSettings",
    "Links",
    "MakeApplier",
    "Parked",
    "ParkedReason",
    "Translated",
    "add_link",
    "journal_of",
    "list_links",
    "load_link",
    "send",
    "source_of",
    "translate_file",
]
