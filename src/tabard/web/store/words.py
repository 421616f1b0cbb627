"""Statuses, verdicts, recalls and roles in words and colours; the word always stands, the colour besides."""

from dataclasses import dataclass

from tabard.accreditation import RULES, Case, Finding, Status, Verdict
from tabard.catalogue import Level, Recall
from tabard.decision import ROLES, Outcome, Reviewed, Role
from tabard.product import Manifest
from tabard.web.design.times import When, when

STATUSES: dict[str, tuple[str, str]] = {
    Status.draft: ("Draft", "grey"),
    Status.submitted: ("Submitted", "blue"),
    Status.checking: ("Checking", "blue"),
    Status.in_review: ("In review", "yellow"),
    Status.referred_back: ("Referred back", "orange"),
    Status.signing: ("Waiting for signatures", "yellow"),
    Status.decided: ("Decided", "green"),
    Status.published: ("Published", "green"),
    Status.suspended: ("Suspended", "red"),
    Status.withdrawn: ("Withdrawn", "grey"),
    Status.expired: ("Expired", "grey"),
}
_REFUSED = ("Refused", "red")
_VERDICTS: dict[Verdict, tuple[str, str]] = {
    Verdict.failed: ("Fail", "red"),
    Verdict.error: ("Our error", "red"),
    Verdict.not_assessed: ("Not assessed", "yellow"),
    Verdict.not_applicable: ("Not applicable", "grey"),
    Verdict.passed: ("Pass", "green"),
}
_LEVELS: dict[Level, tuple[str, str]] = {
    Level.stop: ("Recalled: not to be used", "red"),
    Level.suspend: ("Suspended", "red"),
    Level.no_new_installs: ("No new installs", "orange"),
    Level.advisory: ("Safety notice", "yellow"),
}
_TITLES = {rule.id: rule.title for rule in RULES}


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as a page tells it; `review` is the person's word that stands in its place, if there is one."""

    rule: str
    title: str
    verdict: str
    colour: str
    place: str
    expected: str
    got: str
    remedy: str
    evidence: str
    review: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of a report: `failing` must be mended, `open` a person must look at, those that fail among them, or reviewed.

    `rest` are those of `open` that neither fail nor wait for a person: reviewed, or an error of ours.
    """

    counted: str
    failing: tuple[ShownFinding, ...]
    rest: tuple[ShownFinding, ...]
    open: tuple[ShownFinding, ...]
    passed: tuple[ShownFinding, ...]


@dataclass(frozen=True, slots=True)
class ShownRecall:
    """A recall as a page tells it."""

    title: str
    colour: str
    reason: str
    remedy: str
    whom: str
    issued: When


def status_words(status: str, outcome: str | None) -> tuple[str, str]:
    """How a case stands, in a word and a colour; a refusal that is public is no product that is published."""
    is_refused = outcome == Outcome.refused and status in (Status.decided, Status.published)
    return _REFUSED if is_refused else STATUSES[status]


def shown_findings(findings: tuple[Finding, ...], reviews: tuple[Reviewed, ...]) -> tuple[ShownFinding, ...]:
    """The findings, the worst first, each with the review that stands in its place."""
    order = list(_VERDICTS)
    told = {(one.rule, one.place): f"{one.reason} ({one.by}, {ROLES[one.role]})" for one in reviews}
    ranked = sorted(findings, key=lambda one: (order.index(one.verdict), one.rule, one.place))
    return tuple(_finding(one, told.get((one.rule, one.place), "")) for one in ranked)


def all_findings(case: Case) -> Findings | None:
    """What the rules found in a case, and people said of it; None while they have not run."""
    if case.report is None:
        return None
    findings = case.report.findings
    still = (Verdict.passed, Verdict.not_applicable)
    passed = tuple(one for one in findings if one.verdict in still)
    open_ = tuple(one for one in findings if one.verdict not in still)
    failing = tuple(one for one in open_ if one.verdict is Verdict.failed)
    rest = tuple(one for one in open_ if one not in failing and one not in case.unreviewed)
    shown = (shown_findings(each, case.reviews) for each in (failing, rest, open_, passed))
    return Findings(_counted(findings), *shown)


def _counted(findings: tuple[Finding, ...]) -> str:
    """How many findings of each verdict, in a sentence."""
    told = [(sum(1 for one in findings if one.verdict is verdict), word) for verdict, (word, _) in _VERDICTS.items()]
    return ", ".join(f"{number} {word.lower()}" for number, word in told if number) + "."


def shown_recall(recall: Recall, versions: dict[str, str]) -> ShownRecall:
    """A recall; `versions` names the version of each package."""
    title, colour = _LEVELS[recall.level]
    named = sorted(versions.get(one, one[:12]) for one in recall.packages)
    whom = f"It is about version {', '.join(named)}." if named else "It is about every version."
    return ShownRecall(title, colour, recall.reason, recall.remedy, whom, when(recall.issued))


def role_words(role: Role) -> str:
    """What a role is called."""
    return ROLES[role]


def officer_words(manifest: Manifest) -> str:
    """The maker's clinical safety officer, by name and registration."""
    officer = manifest.safety_officer
    return f"{officer.name}, {officer.register} {officer.number}" if officer else "nobody is named"


def _finding(one: Finding, review: str) -> ShownFinding:
    word, colour = _VERDICTS[one.verdict]
    title = _TITLES.get(one.rule, one.rule)
    return ShownFinding(
        one.rule, title, word, colour, one.place, one.expected, one.got, one.remedy, one.evidence, review
    )
