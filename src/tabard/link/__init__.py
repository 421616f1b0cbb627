"""Link: messages from an EHR into the journal and the record, and how fresh what they brought is."""

from importlib import import_module
from typing import TYPE_CHECKING

from tabard.dialect import Difference as Change, Explained
from tabard.journal import Intervention
from tabard.link.applier import AfterCommit, Applier, source_of
from tabard.link.cds_settings import CdsSettings
from tabard.link.comparing import MESSAGE, ResourceChange
from tabard.link.control import Control, ask
from tabard.link.dialect_first import NO_DIALECT, DialectFirst
from tabard.link.ehr import Busy, Doubt, Doubtful, EhrError, NobodyHere, TooSlow, Unsupported
from tabard.link.errors import Parked, ParkedReason
from tabard.link.feeds import Feed, FeedState
from tabard.link.history import BrokenHistory, Entry as DialectEntry, Step, read_history
from tabard.link.incomplete import Incomplete, Opening
from tabard.link.launch_settings import ContextSettings, LaunchSettings
from tabard.link.loading import Loaded
from tabard.link.looking import About, Changing, Dialects, Doubts, Inspected, Inspection, Looker, Node, look_into
from tabard.link.opening import close_opening, load as load_opening
from tabard.link.overview import Overview, is_any_held, overview, reasons_of, remove_link
from tabard.link.parked import Asked, Counts, JournalView, Line, Lines, journal_of
from tabard.link.ports import Applies, Beside, MakeApplier
from tabard.link.replaying import Hand, Which, hand, replay, verbs_of
from tabard.link.sender import Answer, send
from tabard.link.service import Links
from tabard.link.settings import FhirSettings, LinkSettings, TlsSettings, add_link, list_links, load_link
from tabard.link.settling import Decision, new_person, reject, same_person, withdraw
from tabard.link.shadow_report import MessageChange, ShadowReport, read_report, report_of
from tabard.link.shadowing import shadow
from tabard.link.spans import Tell
from tabard.link.switching import (
    CLINICAL_SAFETY,
    INTEGRATION,
    NotApproved,
    Proposal,
    Signatory,
    Standing,
    approve,
    back,
    propose,
    standing,
    switch,
)
from tabard.link.translating import Translated, explain_file, translate_file
from tabard.link.versions import LiveDialects, NoDialect, Version, live_version, version_of, version_path
from tabard.link.waits import Waits
from tabard.link.zones import zone_of

if TYPE_CHECKING:
    from tabard.link.ehr.ehr import Ehr
    from tabard.link.ehr.examining import examine, link_key
    from tabard.link.ehr.pass_through import PassThrough
    from tabard.link.link_keys import keep_link_secret, make_link_key
    from tabard.link.metrics import metrics_text
    from tabard.link.tracing import start_tracing

__all__ = [
    "CLINICAL_SAFETY",
    "INTEGRATION",
    "MESSAGE",
    "NO_DIALECT",
    "About",
    "AfterCommit",
    "Answer",
    "Applier",
    "Applies",
    "Asked",
    "Beside",
    "BrokenHistory",
    "Busy",
    "CdsSettings",
    "Change",
    "Changing",
    "ContextSettings",
    "Control",
    "Counts",
    "Decision",
    "DialectEntry",
    "DialectFirst",
    "Dialects",
    "Doubt",
    "Doubtful",
    "Doubts",
    "Ehr",
    "EhrError",
    "Explained",
    "Feed",
    "FeedState",
    "FhirSettings",
    "Hand",
    "Incomplete",
    "Inspected",
    "Inspection",
    "Intervention",
    "JournalView",
    "LaunchSettings",
    "Line",
    "Lines",
    "LinkSettings",
    "Links",
    "LiveDialects",
    "Loaded",
    "Looker",
    "MakeApplier",
    "MessageChange",
    "NoDialect",
    "NobodyHere",
    "Node",
    "NotApproved",
    "Opening",
    "Overview",
    "Parked",
    "ParkedReason",
    "PassThrough",
    "Proposal",
    "ResourceChange",
    "ShadowReport",
    "Signatory",
    "Standing",
    "Step",
    "Tell",
    "TlsSettings",
    "TooSlow",
    "Translated",
    "Unsupported",
    "Version",
    "Waits",
    "Which",
    "add_link",
    "approve",
    "ask",
    "back",
    "close_opening",
    "examine",
    "explain_file",
    "hand",
    "is_any_held",
    "journal_of",
    "keep_link_secret",
    "link_key",
    "list_links",
    "live_version",
    "load_link",
    "load_opening",
    "look_into",
    "make_link_key",
    "metrics_text",
    "new_person",
    "overview",
    "propose",
    "read_history",
    "read_report",
    "reasons_of",
    "reject",
    "remove_link",
    "replay",
    "report_of",
    "same_person",
    "send",
    "shadow",
    "source_of",
    "standing",
    "start_tracing",
    "switch",
    "translate_file",
    "verbs_of",
    "version_of",
    "version_path",
    "withdraw",
    "zone_of",
]

_LATER = {
    "Ehr": "tabard.link.ehr.ehr",
    "PassThrough": "tabard.link.ehr.pass_through",
    "examine": "tabard.link.ehr.examining",
    "keep_link_secret": "tabard.link.link_keys",
    "link_key": "tabard.link.ehr.examining",
    "make_link_key": "tabard.link.link_keys",
    "metrics_text": "tabard.link.metrics",
    "start_tracing": "tabard.link.tracing",
}
"""What takes half a second to import (HTTP, signatures) and most commands never need: had when it is first asked for."""


def __getattr__(name: str) -> object:
    """The names of `_LATER`."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(name)
