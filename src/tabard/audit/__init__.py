"""Audit: who saw what and when, append-only, hash-chained, durable before anything is shown."""

from tabard.audit.errors import AuditUnavailable
from tabard.audit.event import AuditEvent, Outcome
from tabard.audit.log import AuditLog
from tabard.audit.verification import Verdict, read, verify

__all__ = ["AuditEvent", "AuditLog", "AuditUnavailable", "Outcome", "Verdict", "read", "verify"]
