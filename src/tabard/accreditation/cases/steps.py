"""The first steps of a case: begun, submitted, assessed by the rules, reviewed by people where no rule could assess."""

from dataclasses import replace
from datetime import datetime

from tabard.accreditation.cases.carrying import carry_judgements, may_speak, said_before
from tabard.accreditation.cases.differing import Route, Since
from tabard.accreditation.cases.model import Case, Moved, Status
from tabard.accreditation.cases.moving import move, must_be
from tabard.accreditation.cases.taking import check_taken
from tabard.accreditation.errors import BadReport, BadReview
from tabard.accreditation.frameworks.classes import product_class
from tabard.accreditation.model import Finding, Verdict
from tabard.accreditation.report import Report
from tabard.accreditation.table import RULES
from tabard.decision import Accreditor, Reviewed
from tabard.product import Package

FEWEST_WORDS = 5
LONGEST = 2000
_STANDS = (Verdict.passed, Verdict.not_applicable)
"""What a review may say; whoever means "fail" refers the case back, or drafts its refusal."""

_JUDGES = {rule.id: rule.judges for rule in RULES}


def begin(case_id: str, package: Package, release_sha256: str, now: datetime, nonce: str = "") -> Case:
    """The draft of a case: its package, and the digest of its signed release. `nonce` seeds the lot of later versions."""
    told, classed = package.manifest, product_class(package.manifest)
    return Case(
        id=case_id,
        submitted=now,
        product=told.id,
        version=told.version,
        publisher=told.publisher,
        safety_officer=told.safety_officer.name if told.safety_officer else "",
        package_sha256=package.sha256,
        release_sha256=release_sha256,
        product_class=int(classed.value),
        because=classed.because,
        nonce=nonce,
        moves=(Moved(Status.draft, now),),
    )


def submit(case: Case, now: datetime) -> Case:
    """The case, submitted by its maker. Raises NotNow unless it is a draft."""
    must_be(case, Status.draft)
    return move(case, Status.submitted, now, submitted=now)


def start_checking(case: Case, now: datetime) -> Case:
    """The case, while the rules run; again where they ran before. Raises NotNow once a statement was drafted."""
    must_be(case, Status.submitted, Status.checking, Status.in_review, Status.referred_back)
    return move(case, Status.checking, now)


def check_again(case: Case, who: Accreditor, now: datetime) -> Case:
    """The case, for the rules to run on it once more: by today's advisories, frameworks and rules.

    What people said stays where what they looked at is found again. Raises NotNow once a statement was drafted, Barred
    unless the person took the case on.
    """
    must_be(case, Status.in_review, Status.referred_back)
    check_taken(case, who)
    return move(case, Status.checking, now)


def add_report(case: Case, report: Report, now: datetime) -> Case:
    """The case with what the rules found; an earlier review is kept only where its finding still stands, evidence and all.

    Raises NotNow unless the rules run, BadReport when the report is of another package or a rule has not spoken.
    """
    must_be(case, Status.checking)
    if (report.package_sha256, report.product, report.version) != (case.package_sha256, case.product, case.version):
        raise BadReport("the report is of another package", expected=case.package_sha256, got=report.package_sha256)
    silent = {rule.id for rule in RULES} - {one.rule for one in report.findings}
    if silent:
        raise BadReport("a rule has not spoken", expected="a finding of every rule", got=", ".join(sorted(silent)))
    standing = {(one.rule, one.place) for one in _unchanged(case.report, report)}
    reviews = tuple(one for one in case.reviews if (one.rule, one.place) in standing)
    return move(case, _status(case, report), now, report=report, reviews=reviews)


def judge_by_difference(case: Case, since: Since, before: Case | None) -> Case:
    """The case with how it is judged; what was reviewed or judged in `before` stands again where nothing asks for a new look.

    Raises NotNow before the rules have spoken. A person's word is carried with its name and the version it was said of.
    """
    must_be(case, Status.checking, Status.in_review, Status.referred_back)
    if before is None or since.route in (Route.first, Route.sample):
        return replace(case, since=since)
    standing = {(one.rule, one.place) for one in _unchanged(before.report, case.report)}
    mine = {(one.rule, one.place) for one in case.reviews}
    carried = tuple(
        _carried(one, before.version)
        for one in before.reviews
        if (one.rule, one.place) in standing - mine and not set(_JUDGES.get(one.rule, ())) & set(since.roles)
        if may_speak(one.by, case, before)
    )
    return carry_judgements(replace(case, since=since, reviews=(*case.reviews, *carried)), since, before)


def _carried(one: Reviewed, version: str) -> Reviewed:
    """Said once of the version for which it was said first."""
    return replace(one, reason=said_before(one.reason, version, "its evidence is the same"))


def _unchanged(before: Report | None, after: Report | None) -> tuple[Finding, ...]:
    if before is None or after is None:
        return ()
    kept = {(one.rule, one.place, one.evidence) for one in before.unassessed}
    return tuple(one for one in after.unassessed if (one.rule, one.place, one.evidence) in kept)


def _status(case: Case, report: Report) -> Status:
    """Failures are the maker's to mend; our own errors leave it where it is; an open question still waits for its answer."""
    if any(one.verdict is Verdict.failed for one in report.findings):
        return Status.referred_back
    if report.errors:
        return Status.checking
    return Status.referred_back if case.questions else Status.in_review


def review(case: Case, who: Accreditor, reviewed: Reviewed) -> Case:
    """The case with a person's review in the place of one finding that no rule could assess; their later word wins.

    Raises NotNow unless the case is in review, Barred unless the person took it on, and BadReview when there is no such
    finding, the role may not judge it, the word is neither `pass` nor `not_applicable`, or the reason is too short.
    """
    must_be(case, Status.in_review)
    check_taken(case, who)
    _check_review(case, who, reviewed)
    others = tuple(one for one in case.reviews if (one.rule, one.place) != (reviewed.rule, reviewed.place))
    return replace(case, reviews=(*others, reviewed))


def _check_review(case: Case, who: Accreditor, reviewed: Reviewed) -> None:
    where = f"{reviewed.rule} at {reviewed.place}"
    unassessed = case.report.unassessed if case.report else ()
    if (reviewed.rule, reviewed.place) not in {(one.rule, one.place) for one in unassessed}:
        raise BadReview(
            "no finding there is left to a person", where=where, remedy="name a finding that is not_assessed"
        )
    if (reviewed.by, reviewed.role) != (who.name, who.role):
        raise BadReview("a review is in the name of whoever gives it", where=where, expected=who.name, got=reviewed.by)
    if who.role not in (judges := _JUDGES.get(reviewed.rule, ())):
        raise BadReview("this role may not judge that", where=where, expected=" or ".join(judges), got=who.role)
    if reviewed.verdict not in _STANDS:
        raise BadReview(
            "this word cannot stand there", where=where, expected=" or ".join(_STANDS), got=reviewed.verdict
        )
    check_reason(reviewed.reason, where)


def check_reason(words: str, where: str) -> None:
    """Raises BadReview unless these words can be a reason: five words or more, and no book."""
    count = len(words.split())
    if count < FEWEST_WORDS or len(words) > LONGEST:
        raise BadReview("a reason is told", where=where, expected=f"{FEWEST_WORDS} words or more", got=f"{count} words")
