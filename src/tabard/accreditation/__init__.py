"""Accreditation: rules, findings, hazard logs, cases, and how a decision comes about."""

from tabard.accreditation.assessing import assess
from tabard.accreditation.cases.deciding import add_signature, draft, scope_of, signers
from tabard.accreditation.cases.model import Case, Declined, Status
from tabard.accreditation.cases.steps import add_report, begin, decline, publish, review
from tabard.accreditation.errors import BadHazardLog, BadReport, BadReview, BadSignature, LogFault, NotNow
from tabard.accreditation.frameworks import (
    Bearer,
    Classed,
    Criterion,
    Framework,
    NoSuchCriterion,
    ProductClass,
    all_frameworks,
    criteria_for,
    criterion,
    dialect_class,
    framework,
    frameworks,
    product_class,
    set_aside,
)
from tabard.accreditation.hazards.model import Control, Hazard, HazardLog, InShort, Owed, Owner, Risk
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.accreditation.hazards.scheme import MATRIX, RATINGS, Likelihood, Severity, rating
from tabard.accreditation.model import Family, Finding, Rule, Subject, Verdict
from tabard.accreditation.probing.chromium import chromium
from tabard.accreditation.probing.ports import CouldNot, PageSeen, PagesSeen, Probes, absent
from tabard.accreditation.probing.recording import Fared, PartTried, ScenarioTried, Scene, Trial, Wrote
from tabard.accreditation.report import Report
from tabard.accreditation.rules_digest import rules_sha256
from tabard.accreditation.table import RULES

__all__ = [
    "MATRIX",
    "RATINGS",
    "RULES",
    "BadHazardLog",
    "BadReport",
    "BadReview",
    "BadSignature",
    "Bearer",
    "Case",
    "Classed",
    "Control",
    "CouldNot",
    "Criterion",
    "Declined",
    "Family",
    "Fared",
    "Finding",
    "Framework",
    "Hazard",
    "HazardLog",
    "InShort",
    "Likelihood",
    "LogFault",
    "NoSuchCriterion",
    "NotNow",
    "Owed",
    "Owner",
    "PageSeen",
    "PagesSeen",
    "PartTried",
    "Probes",
    "ProductClass",
    "Report",
    "Risk",
    "Rule",
    "ScenarioTried",
    "Scene",
    "Severity",
    "Status",
    "Subject",
    "Trial",
    "Verdict",
    "Wrote",
    "absent",
    "add_report",
    "add_signature",
    "all_frameworks",
    "assess",
    "begin",
    "chromium",
    "criteria_for",
    "criterion",
    "decline",
    "dialect_class",
    "draft",
    "framework",
    "frameworks",
    "product_class",
    "publish",
    "rating",
    "read_hazard_log",
    "review",
    "rules_sha256",
    "scope_of",
    "set_aside",
    "signers",
]
