"""Decision: what an accreditation decision is, and how it is verified; pure."""

from tabard.decision.errors import BadDecision, BadTrust, NotAccredited, Reason
from tabard.decision.judging import judge
from tabard.decision.model import NEEDED, Decision, Reviewed, Role, Scope
from tabard.decision.statement import Summary, read_statement, read_summary, statement
from tabard.decision.trust import Accreditor, Trust
from tabard.decision.words import ROLES, plain_words

__all__ = [
    "NEEDED",
    "ROLES",
    "Accreditor",
    "BadDecision",
    "BadTrust",
    "Decision",
    "NotAccredited",
    "Reason",
    "Reviewed",
    "Role",
    "Scope",
    "Summary",
    "Trust",
    "judge",
    "plain_words",
    "read_statement",
    "read_summary",
    "statement",
]
