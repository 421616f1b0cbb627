"""The safety case names the digest and the issue of this very hazard log.

Source: DCB0129 4.2, 3.3.3 (an issued hazard log goes with each report).
"""

from collections.abc import Iterator

from tabard.accreditation.found import sha256
from tabard.accreditation.hazards.model import HazardLog
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.model import CASE, SafetyCase
from tabard.accreditation.safety.papers import Wrong, case_of, is_draft, judged, log_of, no_case, no_log, unsealed

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/3.3.3",)

_REMEDY = "`tabard product hazards approve` puts digest and issue into the report, and has the officer sign it"


def check(subject: Subject) -> Iterator[Found]:
    """Hold the digest in the report against the log that lies here."""
    package = subject.package
    log, case, name = log_of(package), case_of(package), package.manifest.hazards
    if log is None:
        yield no_log(package)
    elif case is None:
        yield no_case(package)
    elif not case.hazard_log_sha256 and is_draft(package):
        yield unsealed(package)
    else:
        digest = sha256(package.files[name])
        yield from judged(package, CASE, _wrong(case, log, digest), f"{name}, issue {log.issue}, {digest[:16]}…", name)


def _wrong(case: SafetyCase, log: HazardLog, digest: str) -> Iterator[Wrong]:
    if case.hazard_log_sha256 != digest:
        yield "hazard_log_sha256", digest, case.hazard_log_sha256 or "nothing", _REMEDY
    if case.issue != log.issue:
        yield "issue", f"{log.issue}, as the log", str(case.issue), _REMEDY
