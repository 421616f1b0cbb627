"""The safety case names the digest of all that the product is: a product that changed since is another configuration.

Source: DCB0129 4.2, 7.1.2 (the configuration is recorded) and 7.3.1 (modification).
"""

from collections.abc import Iterator

from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.model import CASE
from tabard.accreditation.safety.papers import Wrong, case_of, is_draft, judged, no_case, unsealed
from tabard.accreditation.safety.sealing import configuration

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/7.1.2", "dcb0129-4.2/7.3.1")


def check(subject: Subject) -> Iterator[Found]:
    """Hold the digest in the report against the files that lie here."""
    package = subject.package
    case = case_of(package)
    if case is None:
        yield no_case(package)
        return
    if not case.configuration_sha256 and is_draft(package):
        yield unsealed(package)
        return
    true = configuration(package.manifest, package.files)
    files = (each for each in package.files if each != CASE)
    yield from judged(package, CASE, _wrong(case.configuration_sha256, true), f"configuration {true[:16]}…", *files)


def _wrong(told: str, true: str) -> Iterator[Wrong]:
    if told != true:
        remedy = "the product changed since: have the officer look at what changed, then `tabard product hazards approve` puts this digest in"
        yield "configuration_sha256", true, told or "nothing", remedy
