"""Decision: what an accreditation decision is, and how it is verified; pure."""

from tabard.decision.errors import BadDecision, BadTrust, NotAccredited, Reason
from tabard.decision.judging import judge, verify
from tabard.decision.log import BEGINNING, HEAD_PATH, Entry, Head, head_of, next_entry, read_log, verify_log
from tabard.decision.model import NEEDED, Decision, Reviewed, Role, Scope
from tabard.decision.statement import Summary, read_statement, read_summary, statement
from tabard.decision.terms import (
    NO_CONFLICT,
    Condition,
    CriteriaStood,
    FirstOfType,
    FrameworkUsed,
    Outcome,
    Owner,
    Reviewer,
)
from tabard.decision.trust import Accreditor, Trust
from tabard.decision.widening import Shown, Widening
from tabard.decision.words import ROLES, plain_words

__all__ = [
    "BEGINNING",
    "HEAD_PATH",
    "NEEDED",
    "NO_CONFLICT",
    "ROLES",
    "Accreditor",
    "BadDecision",
    "BadTrust",
    "Condition",
    "CriteriaStood",
    "Decision",
    "Entry",
    "FirstOfType",
    "FrameworkUsed",
    "Head",
    "NotAccredited",
    "Outcome",
    "Owner",
    "Reason",
    "Reviewed",
    "Reviewer",
    "Role",
    "Scope",
    "Shown",
    "Summary",
    "Trust",
    "Widening",
    "head_of",
    "judge",
    "next_entry",
    "plain_words",
    "read_log",
    "read_statement",
    "read_summary",
    "statement",
    "verify",
    "verify_log",
]
