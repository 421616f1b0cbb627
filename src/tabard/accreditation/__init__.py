"""Accreditation: rules, findings, hazard logs, cases, and how a decision comes about."""

from tabard.accreditation.advisories.model import AdvisorySet
from tabard.accreditation.assessing import assess
from tabard.accreditation.cases.clock import SERVICE_DAYS, Service, bank_holidays, service, working_days
from tabard.accreditation.cases.deciding import add_signature, draft, reopen, scope_of, signers
from tabard.accreditation.cases.differing import ONE_IN, Changed, Route, Since, code_changed, is_drawn, lot_of, since
from tabard.accreditation.cases.model import Case, Milestone, Moved, Remark, Said, Side, Status, Taken, WorkOff
from tabard.accreditation.cases.moving import LEGAL
from tabard.accreditation.cases.standing import REVIEW_WITHIN, ask_review, expire, publish, reinstate, suspend, withdraw
from tabard.accreditation.cases.steps import add_report, begin, judge_by_difference, review, start_checking, submit
from tabard.accreditation.cases.taking import check_stranger, check_taken, missing_roles, take
from tabard.accreditation.cases.talking import CASE, refer_back, reply, say, settle
from tabard.accreditation.cases.terms import Terms
from tabard.accreditation.cases.working_off import add_condition, drop_condition, meet, overdue, plan
from tabard.accreditation.errors import BadHazardLog, BadReport, BadReview, BadSignature, Barred, NotNow
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
from tabard.accreditation.hazards.differing import LogDifference, differences
from tabard.accreditation.hazards.model import Control, Hazard, HazardLog, InShort, Owed, Owner, Risk
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.accreditation.hazards.scheme import MATRIX, RATINGS, Likelihood, Severity, rating
from tabard.accreditation.model import Family, Finding, Rule, Subject, Verdict
from tabard.accreditation.probing.chromium import chromium, without_browser
from tabard.accreditation.probing.known import open_advisories, read_advisories, vouched_advisories, why_not_now
from tabard.accreditation.probing.ports import CouldNot, PageSeen, PagesSeen, Probes, absent, no_advisories, no_trial
from tabard.accreditation.probing.recording import Fared, PartTried, ScenarioTried, Scene, Trial, Wrote
from tabard.accreditation.report import Report, TriedAt
from tabard.accreditation.rules_digest import rules_sha256
from tabard.accreditation.table import RULES

__all__ = [
    "CASE",
    "LEGAL",
    "MATRIX",
    "ONE_IN",
    "RATINGS",
    "REVIEW_WITHIN",
    "RULES",
    "SERVICE_DAYS",
    "AdvisorySet",
    "BadHazardLog",
    "BadReport",
    "BadReview",
    "BadSignature",
    "Barred",
    "Bearer",
    "Case",
    "Changed",
    "Classed",
    "Control",
    "CouldNot",
    "Criterion",
    "Family",
    "Fared",
    "Finding",
    "Framework",
    "Hazard",
    "HazardLog",
    "InShort",
    "Likelihood",
    "LogDifference",
    "Milestone",
    "Moved",
    "NoSuchCriterion",
    "NotNow",
    "Owed",
    "Owner",
    "PageSeen",
    "PagesSeen",
    "PartTried",
    "Probes",
    "ProductClass",
    "Remark",
    "Report",
    "Risk",
    "Route",
    "Rule",
    "Said",
    "ScenarioTried",
    "Scene",
    "Service",
    "Severity",
    "Side",
    "Since",
    "Status",
    "Subject",
    "Taken",
    "Terms",
    "Trial",
    "Verdict",
    "WorkOff",
    "Wrote",
    "TriedAt",
    "absent",
    "add_condition",
    "add_report",
    "add_signature",
    "all_frameworks",
    "ask_review",
    "assess",
    "bank_holidays",
    "begin",
    "check_stranger",
    "check_taken",
    "chromium",
    "code_changed",
    "criteria_for",
    "criterion",
    "dialect_class",
    "differences",
    "draft",
    "drop_condition",
    "expire",
    "framework",
    "frameworks",
    "is_drawn",
    "judge_by_difference",
    "lot_of",
    "meet",
    "missing_roles",
    "no_advisories",
    "no_trial",
    "overdue",
    "plan",
    "product_class",
    "publish",
    "rating",
    "read_advisories",
    "open_advisories",
    "read_hazard_log",
    "refer_back",
    "reinstate",
    "reopen",
    "reply",
    "review",
    "rules_sha256",
    "say",
    "scope_of",
    "service",
    "set_aside",
    "settle",
    "signers",
    "since",
    "start_checking",
    "submit",
    "suspend",
    "take",
    "withdraw",
    "without_browser",
    "working_days",
]
    "vouched_advisories",
    "why_not_now",
