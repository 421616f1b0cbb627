"""Audit: who saw what and when, append-only, hash-chained, durable before anything is shown; indexed behind and searched."""

from tabard.audit.errors import AuditUnavailable
from tabard.audit.event import AuditEvent, Outcome, patients_of
from tabard.audit.index import Index, Progress
from tabard.audit.log import AuditLog
from tabard.audit.search import Asked, Entry, Found, Search
from tabard.audit.verification import Verdict, read, verify

__all__ = [
    "Asked",
    "AuditEvent",
    "AuditLog",
    "AuditUnavailable",
    "Entry",
    "Found",
    "Index",
    "Outcome",
    "Progress",
    "Search",
    "Verdict",
    "patients_of",
    "read",
    "verify",
]
