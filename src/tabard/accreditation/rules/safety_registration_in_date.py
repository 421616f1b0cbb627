"""Somebody else looked the clinical safety officer up on their register, and the registration held on the day of approval.

What is looked at is the day on which the officer approved the log: whether they are registered today, a reviewer looks up.
Source: DCB0129 4.2, 2.3.2 (registered) and 2.3.1, 2.3.3 (a clinician, competent); DTAC 2.0, C1.2.5.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from tabard.accreditation.errors import BadApproval
from tabard.accreditation.found import failed, not_assessed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.approving import read_approval
from tabard.accreditation.safety.model import APPROVAL, CASE, Registration
from tabard.accreditation.safety.papers import Wrong, case_of, is_draft, judged, no_case
from tabard.product import FILE_NAME, Package

FAMILY = Family.safety
CRITERIA = ("dtac-2.0/C1.2.5", "dcb0129-4.2/2.3.2", "dcb0129-4.2/2.3.1", "dcb0129-4.2/2.3.3")

_LONGEST = timedelta(days=366)
_AGAIN = "look the officer up on the register again, and say when, by whom and until when it holds"


def check(subject: Subject) -> Iterator[Found]:
    """Hold the officer's registration against the day of approval."""
    package = subject.package
    case = case_of(package)
    if case is None:
        yield no_case(package)
    elif case.officer is None:
        yield _nobody(package)
    else:
        officer, day = case.officer, _approved_on(package)
        if day is None:
            reason = "there is no approval to hold it against: safety-log-signed says why"
            yield not_assessed(
                f"{CASE} officer", "a registration that held", reason, "mend that first", sha256(package.files[CASE])
            )
            return
        told = f"{officer.register} {officer.number}, looked up {officer.checked_at}, holds until {officer.expires}"
        yield from judged(package, CASE, _wrong(package, officer, day), told, APPROVAL, FILE_NAME)


def _nobody(package: Package) -> Found:
    digest = sha256(package.files[CASE])
    expected = "the officer's registration: looked up when, by whom, until when it holds"
    if is_draft(package):
        reason = "nobody is this product's clinical safety officer yet: not for use with real patients"
        return not_assessed(f"{CASE} officer", expected, reason, "name one", digest)
    return failed(f"{CASE} officer", expected, "nobody", "add [officer]", digest)


def _approved_on(package: Package) -> date | None:
    try:
        return read_approval(package.files.get(APPROVAL, b""), package.manifest.hazards).at.date()
    except BadApproval:
        return None


def _wrong(package: Package, officer: Registration, day: date) -> Iterator[Wrong]:
    named = package.manifest.safety_officer
    if named and (named.name, named.register, named.number) != (officer.name, officer.register, officer.number):
        expected = f"{named.name}, {named.register} {named.number}, whom tabard.toml names"
        yield "officer", expected, f"{officer.name}, {officer.register} {officer.number}", "name one officer in both"
    if officer.checked_by == officer.name:
        yield "officer.checked_by", "somebody else than the officer", officer.checked_by, _AGAIN
    if officer.checked_at > day or day - officer.checked_at > _LONGEST:
        yield (
            "officer.checked_at",
            f"within the year before {day}, the day of approval",
            str(officer.checked_at),
            _AGAIN,
        )
    if officer.expires < day:
        yield "officer.expires", f"{day}, the day of approval, or later", str(officer.expires), _AGAIN
    if not officer.competence:
        yield (
            "officer.competence",
            "what makes the officer competent in clinical risk",
            "nothing",
            "say it in a line or more",
        )
