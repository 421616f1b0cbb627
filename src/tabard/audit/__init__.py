"""Audit: who saw what and when, append-only, hash-chained, durable before anything is shown.

Its heads are signed and sent off; it is indexed behind and searched; FHIR AuditEvents are made of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from tabard.audit.errors import AuditUnavailable
from tabard.audit.event import AuditEvent, Outcome, patients_of
from tabard.audit.index import Index, Progress
from tabard.audit.log import AuditLog
from tabard.audit.search import AUDITORS, Asked, Entry, Found, Search
from tabard.audit.settings import Settings, read_settings
from tabard.audit.verification import Problem, Verdict, read, verify

if TYPE_CHECKING:
    from tabard.audit.checking import caveat_of, verify_with_heads
    from tabard.audit.keeping import Keeper

__all__ = [
    "AUDITORS",
    "Asked",
    "AuditEvent",
    "AuditLog",
    "AuditUnavailable",
    "Entry",
    "Found",
    "Index",
    "Keeper",
    "Outcome",
    "Problem",
    "Progress",
    "Search",
    "Settings",
    "Verdict",
    "caveat_of",
    "patients_of",
    "read",
    "read_settings",
    "verify",
    "verify_with_heads",
]

_LATER = {"Keeper": "keeping", "caveat_of": "checking", "verify_with_heads": "checking"}


def __getattr__(name: str) -> object:
    """What signs and sends when it is first asked for: its libraries take long to import, and most commands need neither."""
    if name in _LATER:
        return getattr(import_module(f"tabard.audit.{_LATER[name]}"), name)
    raise AttributeError(name)
