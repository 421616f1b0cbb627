"""No answer of the maker's says otherwise than the product itself shows: its scopes, its parts, and what it declares.

Source: DTAC 2.0, C1.1.1 (medical device), C4.2 (data about known patients), D1.4 (web or mobile).
"""

from collections.abc import Iterator

from tabard.accreditation.claims.errors import BadClaims
from tabard.accreditation.claims.model import Claims
from tabard.accreditation.claims.reading import CLAIMS_NAME, claims_of
from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.frameworks import contradictions, criterion, framework, traits_of
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, Manifest

FAMILY = Family.documentation
CRITERIA = ("dtac-2.0/C1.1.1", "dtac-2.0/C4.2", "dtac-2.0/D1.4")

_EXPECTED = "answers that agree with the product"
_REMEDY = "answer as the product is, or mend what it asks for and declares in tabard.toml"


def check(subject: Subject) -> Iterator[Found]:
    """Hold each answer against what the manifest shows."""
    package = subject.package
    if CLAIMS_NAME not in package.files:
        yield not_applicable(CLAIMS_NAME, "the maker claims nothing", package.sha256)
        return
    looked_at = (sha256(package.files[CLAIMS_NAME]), sha256(package.files[FILE_NAME]))
    try:
        claims = claims_of(package.files)
    except BadClaims:
        yield not_applicable(CLAIMS_NAME, "the claims cannot be read, as claims-readable tells", *looked_at)
        return
    wrong = [*_wrong(claims, package.manifest)]
    for id_, got in wrong:
        yield failed(f"{CLAIMS_NAME} {id_}", _EXPECTED, got, _REMEDY, *looked_at)
    if not wrong:
        yield passed(CLAIMS_NAME, _EXPECTED, *looked_at)


def _wrong(claims: Claims, manifest: Manifest) -> Iterator[tuple[str, str]]:
    traits = traits_of(manifest)
    for claim in claims.claims:
        question = criterion(claim.criterion).question
        if claim.answer and question and question.agrees:
            form, _, number = claim.criterion.partition("/")
            for told in contradictions(framework(form), {number: claim.answer}, traits):
                yield claim.criterion, told
