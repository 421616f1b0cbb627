"""The people of a centre, their keys, and a case on its way."""

from datetime import UTC, datetime, timedelta

from tabard.accreditation import Case, CouldNot, Finding, add_report, begin, draft, review
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
    name: new_signing_key() for name in ("safe", "safe-too", "secure", "officer", "late", "unknown", "maker")
}


def accreditor(name: str, role: Role, *, who: str | None = None, begins: datetime = NOW - YEAR) -> Accreditor:
    return Accreditor(name, who or f"{name} Person", role, (KEYS[name].public,), begins, NOW + YEAR)


TRUST = Trust(
    CENTRE,
    (
        accreditor("safe", Role.clinical_safety),
        accreditor("safe-too", Role.clinical_safety),
        accreditor("secure", Role.security),
        accreditor("officer", Role.clinical_safety, who="dr ada  Pretend"),
        accreditor("late", Role.security, begins=NOW + timedelta(days=300)),
    ),
)
ROLES = {one.id: one.role for one in TRUST.accreditors}


def submitted(package: Package = PACKAGE) -> Case:
    return begin("case-1", package, "a" * 64, NOW)


def waiting() -> Case:
    return add_report(submitted(), CLEAN)


def word(finding: Finding, *, by: str = "safe", reason: str = REASON, role: Role | None = None) -> Reviewed:
    return Reviewed(finding.rule, "pass", finding.place, reason, by, role or ROLES[by])


def reviewed(case: Case) -> Case:
    """Every finding that is left to people, reviewed by one of the right role."""
    for finding in case.unreviewed:
        by = "secure" if finding.rule == "pages-self-contained" else "safe"
        case = review(case, word(finding, by=by))
    return case


def drafted(case: Case | None = None, package: Package = PACKAGE, conditions: tuple[str, ...] = ()) -> Case:
    keys = (KEYS["maker"].public.pem,)
    return draft(case or waiting(), package, keys, verifier=CENTRE, now=NOW, conditions=conditions)


def signature(case: Case, name: str) -> tuple[str, bytes]:
    """The key's id and its signature of the case's statement."""
    assert case.statement is not None
    return KEYS[name].public.keyid, KEYS[name].sign(case.statement.to_sign)
