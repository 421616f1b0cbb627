"""Kept: what products keep in the record of what no link writes back, tagged as not in the record system.

Source of who may write what: docs/decisions/0040-who-owns-what-is-written.md.
"""

from tabard.gateway.kept.keeper import Audit, Keeper, gone, read_only, stale
from tabard.gateway.kept.looking import KeptLine, KeptLook
from tabard.gateway.kept.marks import KEPT, NOT_IN_EHR, is_kept, keeper_of
from tabard.gateway.kept.model import Change, Done
from tabard.gateway.kept.ports import Keep, KeepWriting, Sight
from tabard.gateway.kept.shape import LARGEST_BYTES
from tabard.gateway.kept.types import NEVER_KEPT, keepable

__all__ = [
    "KEPT",
    "LARGEST_BYTES",
    "NEVER_KEPT",
    "NOT_IN_EHR",
    "Audit",
    "Change",
    "Done",
    "Keep",
    "KeepWriting",
    "Keeper",
    "KeptLine",
    "KeptLook",
    "Sight",
    "gone",
    "is_kept",
    "keepable",
    "keeper_of",
    "read_only",
    "stale",
]
