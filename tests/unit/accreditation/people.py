"""The people of a centre, their keys, and a case on its way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tabard.accreditation import (
    RULES,
    Case,
    CouldNot,
    Finding,
    Report,
    Status as CaseStatus,
    Terms,
    add_report,
    begin,
    draft,
    judge,
    judges_of,
    review,
    start_checking,
    stood,
    submit,
    take,
)
from tabard.accreditation.claims import Status, Waits, claims_of, known_of
from tabard.decision import Accreditor, Reviewed, Role, Trust
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.product import Package
from unit.accreditation.tiny import Saw, report_of, tiny

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
REASON = "Both widths were looked at by hand, with a screen reader."
CENTRE = "urn:tabard:centre:test"

PACKAGE = tiny()
CLEAN = report_of(PACKAGE)
OPEN = report_of(PACKAGE, Saw(could_not=CouldNot("no browser", "get one")))
"""The same package where no browser was: two findings are a person's."""

BROKEN = report_of(tiny({"key.txt": "-----BEGIN PRIVATE KEY-----"}))

KEYS: dict[str, SigningKey] = {
    name: new_signing_key()
    for name in ("safe", "safe-too", "secure", "governs", "officer", "late", "unknown", "maker", "own", "nobodys")
}


def accreditor(
    name: str, role: Role, *, who: str | None = None, begins: datetime = NOW - YEAR, of: str = "X26"
) -> Accreditor:
    return Accreditor(name, who or f"{name} Person", role, (KEYS[name].public,), begins, NOW + YEAR, of)


TRUST = Trust(
    CENTRE,
    (
        accreditor("safe", Role.clinical_safety),
        accreditor("safe-too", Role.clinical_safety),
        accreditor("secure", Role.security),
        accreditor("governs", Role.information_governance),
        accreditor("own", Role.security, of="RZZ"),
        accreditor("nobodys", Role.security, of=""),
        accreditor("officer", Role.clinical_safety, who="dr ada  Pretend"),
        accreditor("late", Role.security, begins=NOW + timedelta(days=300)),
    ),
)
ROLES = {one.id: one.role for one in TRUST.accreditors}
JUDGED_BY = {rule.id: rule.judges for rule in RULES}
JUDGES = ("safe", "safe-too", "secure")


def who(name: str) -> Accreditor:
    return next(one for one in TRUST.accreditors if one.id == name)


def submitted(package: Package = PACKAGE, product_class: int = 1) -> Case:
    draft = replace(begin("case-1", package, "a" * 64, NOW, nonce="n"), product_class=product_class)
    return submit(draft, NOW)


def checked(report: Report = CLEAN, case: Case | None = None) -> Case:
    return add_report(start_checking(case or submitted(), NOW), report, NOW)


def taken(case: Case, *names: str) -> Case:
    """The case with these people on it, none with a conflict."""
    for name in names or JUDGES:
        case = take(case, who(name), "none", NOW)
    return case


def in_review(report: Report = CLEAN, product_class: int = 1) -> Case:
    return taken(checked(report, submitted(product_class=product_class)))


def word(finding: Finding, *, by: str = "safe", reason: str = REASON, role: Role | None = None) -> Reviewed:
    return Reviewed(finding.rule, "pass", finding.place, reason, who(by).name, role or ROLES[by])


def reviewed(case: Case) -> Case:
    """Every finding that is left to people, reviewed by one of the right role."""
    for finding in case.unreviewed:
        by = "secure" if finding.rule == "pages-self-contained" else "safe"
        by = by if ROLES[by] in JUDGED_BY[finding.rule] else "secure"
        case = review(case, who(by), word(finding, by=by))
    return case


def judged(case: Case, package: Package = PACKAGE) -> Case:
    """Every criterion that waits for a person's word, judged as met by one of those who took the case on."""
    known = known_of(case, package.manifest, claims_of(package.files), ())
    left = [one for one, standing in stood(case, known, NOW.date()) if standing.waits is Waits.judgement]
    for one in (who(each.id) for each in case.taken if each.is_free):
        mine = [each.id for each in left if one.role in judges_of(each, case.product_class)]
        if mine:
            case = judge(case, one, mine, Status.met, REASON, known=known, now=NOW)
    return case


def drafted(case: Case | None = None, package: Package = PACKAGE, terms: Terms | None = None) -> Case:
    """The case with its statement, its criteria judged first where it is in review."""
    keys, case = (KEYS["maker"].public.pem,), case or in_review()
    case = judged(case, package) if case.status is CaseStatus.in_review else case
    return draft(case, package, keys, verifier=CENTRE, now=NOW, terms=terms)


def signature(case: Case, name: str) -> tuple[str, bytes]:
    """The key's id and its signature of the case's statement."""
    assert case.statement is not None
    return KEYS[name].public.keyid, KEYS[name].sign(case.statement.to_sign)
