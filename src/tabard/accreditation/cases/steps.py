"""The steps of a case that need no signature: begun, assessed, reviewed, declined, published."""

from dataclasses import replace
from datetime import datetime
from unicodedata import normalize

from tabard.accreditation.cases.model import Case, Declined, Status
from tabard.accreditation.errors import BadReport, BadReview, NotNow
from tabard.accreditation.model import Finding, Verdict
from tabard.accreditation.report import Report
from tabard.accreditation.table import RULES
from tabard.decision import Reviewed
from tabard.product import Package

_FEWEST_WORDS = 5
_LONGEST = 2000
_STANDS = (Verdict.passed, Verdict.not_applicable)
"""What a review may say; whoever means "fail" declines the case."""

_OPEN = (Status.checking, Status.failed, Status.waiting, Status.signing)


def begin(case_id: str, package: Package, release_sha256: str, now: datetime) -> Case:
    """The case of a package that was just submitted, with the digest of its signed release."""
    told = package.manifest
    officer = told.safety_officer.name if told.safety_officer else ""
    return Case(case_id, now, told.id, told.version, told.publisher, officer, package.sha256, release_sha256)


def add_report(case: Case, report: Report) -> Case:
    """The case with what the rules found; an earlier review is kept only where its finding still stands, evidence and all.

    Raises NotNow once a statement was drafted, BadReport when the report is of another package or a rule has not spoken.
    """
    must_be(case, Status.checking, Status.failed, Status.waiting)
    if (report.package_sha256, report.product, report.version) != (case.package_sha256, case.product, case.version):
        raise BadReport("the report is of another package", expected=case.package_sha256, got=report.package_sha256)
    silent = {rule.id for rule in RULES} - {one.rule for one in report.findings}
    if silent:
        raise BadReport("a rule has not spoken", expected="a finding of every rule", got=", ".join(sorted(silent)))
    standing = {(one.rule, one.place) for one in _unchanged(case.report, report)}
    reviews = tuple(one for one in case.reviews if (one.rule, one.place) in standing)
    return replace(case, report=report, reviews=reviews, status=_status(report))


def _unchanged(before: Report | None, after: Report) -> tuple[Finding, ...]:
    return tuple(one for one in after.unassessed if before is not None and one in before.unassessed)


def _status(report: Report) -> Status:
    if any(one.verdict is Verdict.failed for one in report.findings):
        return Status.failed
    return Status.checking if report.errors else Status.waiting


def review(case: Case, reviewed: Reviewed) -> Case:
    """The case with a person's review in the place of one finding that no rule could assess; their later word wins.

    Raises NotNow unless the case is waiting, and BadReview when there is no such finding, the role may not judge
    it, the reviewer is the maker's own safety officer, the word is neither `pass` nor `not_applicable`, or the reason is too
    short to be one.
    """
    must_be(case, Status.waiting)
    _check_review(case, reviewed)
    others = tuple(one for one in case.reviews if (one.rule, one.place) != (reviewed.rule, reviewed.place))
    return replace(case, reviews=(*others, reviewed))


def _check_review(case: Case, reviewed: Reviewed) -> None:
    where = f"{reviewed.rule} at {reviewed.place}"
    unassessed = case.report.unassessed if case.report else ()
    if (reviewed.rule, reviewed.place) not in {(one.rule, one.place) for one in unassessed}:
        raise BadReview(
            "no finding there is left to a person", where=where, remedy="name a finding that is not_assessed"
        )
    judges = next((rule.judges for rule in RULES if rule.id == reviewed.rule), ())
    if reviewed.role not in judges:
        raise BadReview("this role may not judge that", where=where, expected=" or ".join(judges), got=reviewed.role)
    if is_same_person(reviewed.by, case.safety_officer):
        raise BadReview("nobody judges their own product", where=where, got="the maker's own safety officer")
    if reviewed.verdict not in _STANDS:
        raise BadReview(
            "this word cannot stand there", where=where, expected=" or ".join(_STANDS), got=reviewed.verdict
        )
    words = len(reviewed.reason.split())
    if words < _FEWEST_WORDS or len(reviewed.reason) > _LONGEST:
        raise BadReview("a review has a reason", where=where, expected=f"{_FEWEST_WORDS} words or more", got=f"{words}")


def decline(case: Case, by: str, reason: str) -> Case:
    """The case declined by a person, for good. Raises NotNow once it is decided, BadReview without a reason."""
    must_be(case, *_OPEN)
    if len(reason.split()) < _FEWEST_WORDS or not by.strip():
        raise BadReview("who declines gives a name and a reason", expected=f"{_FEWEST_WORDS} words or more", got=reason)
    return replace(case, status=Status.declined, declined=Declined(by, reason))


def publish(case: Case) -> Case:
    """The case, now that the catalogue has it. Raises NotNow unless it is decided."""
    must_be(case, Status.decided)
    return replace(case, status=Status.published)


def must_be(case: Case, *statuses: Status) -> None:
    """Raises NotNow unless the case is in one of these statuses."""
    if case.status not in statuses:
        raise NotNow("this step cannot be taken now", where=case.id, expected=" or ".join(statuses), got=case.status)


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are written the same, but for case, blanks and the form of letters; "" is nobody's."""
    mine, theirs = (" ".join(normalize("NFKC", name).casefold().split()) for name in (one, other))
    return bool(mine) and mine == theirs
