"""Catalogue: the signed list that sites fetch, written at the centre and verified at a site."""

from importlib import import_module
from typing import TYPE_CHECKING

from tabard.catalogue.beginning import begin
from tabard.catalogue.channels import Channel
from tabard.catalogue.client import Client
from tabard.catalogue.errors import Fault, NotPublished, Untrusted
from tabard.catalogue.exporting import Exported, export
from tabard.catalogue.kept import CatalogueState, KeptRecall
from tabard.catalogue.keyring import unattended
from tabard.catalogue.model import Entry, Level, Listed, Recall, Summary
from tabard.catalogue.publishing import Publishing
from tabard.catalogue.recalling import draft_reinstatement
from tabard.catalogue.receipts import Here, NotReceived, Receipt, Standing
from tabard.catalogue.reinstating import Reinstatement, digest_of, read_reinstatement
from tabard.catalogue.roles import LARGEST_ADVISORIES_BYTES
from tabard.catalogue.rotation import Missing, Rotating, Rotation
from tabard.catalogue.sending import send_receipt
from tabard.catalogue.source import Patience
from tabard.catalogue.walk import Step, walk

if TYPE_CHECKING:
    from tabard.catalogue.components import Affected, affected
    from tabard.catalogue.drills import BAD_DAYS, Done, Outcome, drill
    from tabard.catalogue.reach import At, How, Reach, Site, Sites

__all__ = [
    "BAD_DAYS",
    "LARGEST_ADVISORIES_BYTES",
    "Affected",
    "At",
    "CatalogueState",
    "Channel",
    "Client",
    "Done",
    "Entry",
    "Exported",
    "Fault",
    "Here",
    "How",
    "KeptRecall",
    "Level",
    "Listed",
    "Missing",
    "NotPublished",
    "NotReceived",
    "Outcome",
    "Patience",
    "Publishing",
    "Reach",
    "Recall",
    "Receipt",
    "Reinstatement",
    "Rotating",
    "Rotation",
    "Site",
    "Sites",
    "Standing",
    "Step",
    "Summary",
    "Untrusted",
    "affected",
    "begin",
    "digest_of",
    "draft_reinstatement",
    "drill",
    "export",
    "read_reinstatement",
    "send_receipt",
    "unattended",
    "walk",
]

_LATER = {
    **dict.fromkeys(("BAD_DAYS", "Done", "Outcome", "drill"), "drills"),
    **dict.fromkeys(("Affected", "affected"), "components"),
    **dict.fromkeys(("At", "How", "Reach", "Site", "Sites"), "reach"),
}


def __getattr__(name: str) -> object:
    """The centre's book of sites and its drills when they are first asked for: a site needs neither, nor their imports."""
    if name in _LATER:
        return getattr(import_module(f"tabard.catalogue.{_LATER[name]}"), name)
    raise AttributeError(name)
