"""What the maker claims of the criteria can be read whole: known criteria, each once, each with what its word rests on.

A product without `claims.toml` claims nothing: each criterion then waits for whoever judges it.
Source: DTAC 2.0, introduction (each question is answered, with what shows it); OWASP ASVS 5.0, "Documentation" of each chapter.
"""

from collections.abc import Iterator

from tabard.accreditation.claims.errors import BadClaims
from tabard.accreditation.claims.reading import CLAIMS_NAME, claims_of
from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.documentation
CRITERIA = ("tabard/documented",)

_REMEDY = "mend it; docs/look-up/frameworks.md tells what a claim may say"


def check(subject: Subject) -> Iterator[Found]:
    """Tell each fault of the file at its key."""
    package = subject.package
    if CLAIMS_NAME not in package.files:
        yield not_applicable(CLAIMS_NAME, "the maker claims nothing: each criterion waits", package.sha256)
        return
    digest = sha256(package.files[CLAIMS_NAME])
    try:
        claims = claims_of(package.files).claims
    except BadClaims as bad:
        for fault in bad.faults:
            yield failed(f"{CLAIMS_NAME} {fault.where}".strip(), fault.expected, fault.got, _REMEDY, digest)
        return
    yield passed(CLAIMS_NAME, f"{len(claims)} criteria are claimed", digest)
