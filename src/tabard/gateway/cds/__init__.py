"""CDS Hooks: products are asked for advice at moments of care, each with what it may see, none holding up another.

Source: CDS Hooks 2.0.
"""

from tabard.gateway.cds.advising import Advising
from tabard.gateway.cds.app import PATH, CdsApp
from tabard.gateway.cds.board import Board, Said
from tabard.gateway.cds.building import Hooks
from tabard.gateway.cds.callers import Caller, Callers
from tabard.gateway.cds.cards import PRODUCT, Action, Card, Link, OverrideReason, Source, Suggestion
from tabard.gateway.cds.desk import Desk
from tabard.gateway.cds.feedback import Feedback, Reaction
from tabard.gateway.cds.firing import Firing
from tabard.gateway.cds.model import Advice, Hook, Occasion, Service
from tabard.gateway.cds.ports import Reply, Services
from tabard.gateway.cds.publishing import WELL_KNOWN, JwksApp

__all__ = [
    "PATH",
    "PRODUCT",
    "WELL_KNOWN",
    "Action",
    "Advice",
    "Advising",
    "Board",
    "Caller",
    "Callers",
    "Card",
    "CdsApp",
    "Desk",
    "Feedback",
    "Firing",
    "Hook",
    "Hooks",
    "JwksApp",
    "Link",
    "Occasion",
    "OverrideReason",
    "Reaction",
    "Reply",
    "Said",
    "Service",
    "Services",
    "Source",
    "Suggestion",
]
