"""The gate before a decision: how every criterion stands, and that none which must be met is left open."""

from collections import Counter
from datetime import date

from tabard.accreditation.cases.judging import stood
from tabard.accreditation.cases.model import Case
from tabard.accreditation.claims import (
    NO_CLAIMS,
    Assessed,
    BadClaims,
    Claims,
    Evidence,
    Status,
    Stood,
    claims_of,
    counts,
    holding_up,
    known_of,
    standings_document,
)
from tabard.accreditation.errors import NotNow
from tabard.accreditation.found import sha256
from tabard.decision import Condition, CriteriaStood
from tabard.product import Package

_FIRST = 5
"""So many of those that are open are named; a command names all."""


def stood_in(case: Case, package: Package, evidence: tuple[Evidence, ...], on: date) -> Stood:
    """How each criterion stands of this case and package on that day, by the evidence that stands then."""
    return stood(case, known_of(case, package.manifest, _claims(package), evidence), on)


def check_criteria(case: Case, told: Stood) -> None:
    """Raises NotNow while a criterion that must be met is not, or nobody has judged it; the first are named, with why."""
    left = holding_up((one for one, _ in told), (standing for _, standing in told))
    if not left:
        return
    open_ = Counter(one.status for one in left)
    first = "; ".join(f"{one.criterion} ({one.because[0]})" for one in left[:_FIRST])
    raise NotNow(
        "criteria that must be met are not, or nobody has judged them",
        where=case.id,
        expected=f"each that must be met of {len(told)} that are asked",
        got=f"{open_[Status.not_met]} not met, {open_[Status.not_assessed]} not assessed: {first}",
        remedy="`tabard accredit criteria CASE --waiting` tells for whose word each waits, `tabard accredit judge` gives it",
    )


def criteria_stood(told: Stood, document: bytes) -> CriteriaStood:
    """What a decision says of them."""
    return CriteriaStood(**counts(told), standings_sha256=sha256(document))


def standings_of(package: Package, verifier: str, told: Stood, conditions: tuple[Condition, ...]) -> bytes:
    """The document that the decision pins by its digest."""
    return standings_document(assessed_of(package, verifier), told, conditions)


def assessed_of(package: Package, verifier: str) -> Assessed:
    """What was assessed, and in whose name."""
    manifest = package.manifest
    return Assessed(manifest.id, manifest.version, manifest.name, package.sha256, verifier)


def _claims(package: Package) -> Claims:
    """What the maker claims; of claims that cannot be read none, and so nothing is met by them."""
    try:
        return claims_of(package.files)
    except BadClaims:
        return NO_CLAIMS
