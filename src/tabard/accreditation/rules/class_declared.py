"""The maker declares what the product is, and no lower class for it than its scopes, parts and that declaration give.

Where nothing is declared the product is judged as the highest class, and the maker must know it: `[declared]` in `tabard.toml`.
A class that `claims.toml` names (`class = 1`) is the maker's own word on it; a higher one than is worked out harms nobody.
Source: UK MDR 2002, regulation 7 and schedule 9 (classification); DTAC 2.0, B1 and C1.1.1; Tabard criteria 1.0, "Class declared".
"""

from collections.abc import Iterator

from tabard.accreditation.claims.errors import BadClaims
from tabard.accreditation.claims.reading import CLAIMS_NAME, claims_of
from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.frameworks import product_class
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, Package

FAMILY = Family.documentation
CRITERIA = ("tabard/declared", "dtac-2.0/C1.1.1")

_DECLARE = 'say it: [declared] device = "none", because = "...", care = ["ward"], users = ["staff"]'


def check(subject: Subject) -> Iterator[Found]:
    """Hold the declared class, and that something is declared, against what is worked out."""
    package = subject.package
    looked_at = tuple(sha256(package.files[name]) for name in (FILE_NAME, CLAIMS_NAME) if name in package.files)
    worked_out, told = product_class(package.manifest), _claimed(package)
    because = "; ".join(worked_out.because)
    is_low = told is not None and told < worked_out.value
    if package.manifest.declared is None:
        expected = "what the product is as a medical device, where it is used and by whom"
        yield failed(f"{FILE_NAME} declared", expected, "nothing", _DECLARE, *looked_at)
    if is_low:
        expected, remedy = f"{worked_out.value.value} or above: {because}", "claim no lower class, or ask for less"
        yield failed(f"{CLAIMS_NAME} class", expected, str(told), remedy, *looked_at)
    if package.manifest.declared is not None and not is_low:
        yield passed(FILE_NAME, f"class {worked_out.value.value}: {because}", *looked_at)


def _claimed(package: Package) -> int | None:
    """The class that the maker claims; None where none is, or where the claims cannot be read, as another rule tells."""
    try:
        return claims_of(package.files).product_class
    except BadClaims:
        return None
