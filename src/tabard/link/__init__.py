"""Link: messages from an EHR into the journal and the record, and how fresh what they brought is."""

from importlib import import_module
from typing import TYPE_CHECKING

from tabard.link.applier import Applier, source_of
from tabard.link.ehr import Busy, Doubt, Doubtful, EhrError, TooSlow, Unsupported
from tabard.link.errors import Parked, ParkedReason
from tabard.link.feeds import Feed, FeedState
from tabard.link.parked import Counts, JournalView, Line, journal_of
from tabard.link.ports import Applies, Beside, MakeApplier
from tabard.link.sender import Answer, send
from tabard.link.service import Links
from tabard.link.settings import FhirSettings, LinkSettings, add_link, list_links, load_link
from tabard.link.translating import Translated, translate_file

if TYPE_CHECKING:
    from tabard.link.ehr.ehr import Ehr
    from tabard.link.ehr.examining import examine, link_key
    from tabard.link.ehr.pass_through import PassThrough
    from tabard.link.link_keys import keep_link_secret, make_link_key

__all__ = [
    "Answer",
    "Applier",
    "Applies",
    "Beside",
    "Busy",
    "Counts",
    "Doubt",
    "Doubtful",
    "Ehr",
    "EhrError",
    "Feed",
    "FeedState",
    "FhirSettings",
    "JournalView",
    "Line",
    "LinkSettings",
    "Links",
    "MakeApplier",
    "Parked",
    "ParkedReason",
    "PassThrough",
    "TooSlow",
    "Translated",
    "Unsupported",
    "add_link",
    "examine",
    "journal_of",
    "keep_link_secret",
    "link_key",
    "list_links",
    "load_link",
    "make_link_key",
    "send",
    "source_of",
    "translate_file",
]

_LATER = {
    "Ehr": "tabard.link.ehr.ehr",
    "PassThrough": "tabard.link.ehr.pass_through",
    "examine": "tabard.link.ehr.examining",
    "keep_link_secret": "tabard.link.link_keys",
    "link_key": "tabard.link.ehr.examining",
    "make_link_key": "tabard.link.link_keys",
}
"""What takes half a second to import (HTTP, signatures) and most commands never need: had when it is first asked for."""


def __getattr__(name: str) -> object:
    """The names of `_LATER`."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(name)
