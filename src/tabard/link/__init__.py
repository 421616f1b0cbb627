"""Link: messages from an EHR into the journal and the record, and how fresh what they brought is."""

from tabard.link.feeds import Feed, FeedState
from tabard.link.ports import Applies, MakeApplier
from tabard.link.sender import Answer, send
from tabard.link.service import Links
from tabard.link.settings import LinkSettings, add_link, list_links, load_link

__all__ = [
    "Answer",
    "Applies",
    "Feed",
    "FeedState",
    "LinkSettings",
    "Links",
    "MakeApplier",
    "add_link",
    "list_links",
    "load_link",
    "send",
]
