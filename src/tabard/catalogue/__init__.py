"""Catalogue: the signed list that sites fetch, written at the centre and verified at a site."""

from tabard.catalogue.beginning import begin
from tabard.catalogue.channels import Channel
from tabard.catalogue.client import Client
from tabard.catalogue.errors import Fault, NotPublished, Untrusted
from tabard.catalogue.kept import CatalogueState, KeptRecall
from tabard.catalogue.model import Entry, Level, Listed, Recall, Summary
from tabard.catalogue.publishing import Publishing
from tabard.catalogue.recalling import draft_reinstatement
from tabard.catalogue.reinstating import Reinstatement, read_reinstatement
from tabard.catalogue.rotation import Missing, Rotating, Rotation
from tabard.catalogue.source import Patience
from tabard.catalogue.walk import Step, walk

__all__ = [
    "CatalogueState",
    "Channel",
    "Client",
    "Entry",
    "Fault",
    "KeptRecall",
    "Level",
    "Listed",
    "Missing",
    "NotPublished",
    "Patience",
    "Publishing",
    "Recall",
    "Reinstatement",
    "Rotating",
    "Rotation",
    "Step",
    "Summary",
    "Untrusted",
    "begin",
    "draft_reinstatement",
    "read_reinstatement",
    "walk",
]
