"""The clinical safety officer whom the manifest names signed this very hazard log and this very safety case.

A log in development that says itself that nobody approved it fails as well: what is decided here goes to real patients, and no
reviewer's word stands in the place of the officer's.
Source: DCB0129 4.2, 3.3.2 and 3.5.2 (the officer approves each issue of the log, and each report), 2.3.4.
"""

from collections.abc import Iterator

from tabard.accreditation.errors import BadApproval
from tabard.accreditation.found import failed, sha256
from tabard.accreditation.hazards.model import HazardLog
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.approving import read_approval
from tabard.accreditation.safety.model import APPROVAL, CASE, Approval
from tabard.accreditation.safety.papers import Wrong, is_draft, judged, log_of, no_log
from tabard.product import Package

FAMILY = Family.safety
CRITERIA = ("dtac-2.0/C1.2.5", "dcb0129-4.2/3.3.2", "dcb0129-4.2/3.5.2", "dcb0129-4.2/2.2.2")

_EXPECTED = "the officer's signature over this very log"
_REMEDY = "have the officer approve it: `tabard product hazards approve DIR --key FILE`"
_REMEDY_NAME = "name the officer there as they sign, and have them approve it again: `tabard product hazards approve DIR --key FILE`"


def check(subject: Subject) -> Iterator[Found]:
    """Look at what was signed, by whom, and whether it is what lies here."""
    package = subject.package
    log, raw = log_of(package), package.files.get(APPROVAL)
    if log is None:
        yield no_log(package)
    elif raw is None:
        yield _unsigned(package)
    else:
        yield from _signed(package, log, raw)


def _unsigned(package: Package) -> Found:
    digest = sha256(package.files[package.manifest.hazards])
    if is_draft(package):
        got = "nobody has approved this log, as it says itself: not for use with real patients"
        return failed(APPROVAL, _EXPECTED, got, _REMEDY, digest)
    return failed(APPROVAL, _EXPECTED, "no such file", _REMEDY, digest)


def _signed(package: Package, log: HazardLog, raw: bytes) -> Iterator[Found]:
    try:
        approval = read_approval(raw, package.manifest.hazards)
    except BadApproval as bad:
        got = f"{bad.message}: {bad.got}" if bad.got else bad.message
        yield failed(APPROVAL, _EXPECTED, got, _REMEDY, sha256(raw))
        return
    told = f"{approval.name}, {approval.register} {approval.number}, {approval.at:%Y-%m-%d}, key {approval.keyid[:16]}…"
    yield from judged(package, APPROVAL, _wrong(package, log, approval), told, package.manifest.hazards, CASE)


def _wrong(package: Package, log: HazardLog, approval: Approval) -> Iterator[Wrong]:
    manifest, officer = package.manifest, package.manifest.safety_officer
    is_named = officer is None or (officer.name, officer.register, officer.number) == (
        approval.name,
        approval.register,
        approval.number,
    )
    pairs = [
        (manifest.hazards, _digest(package, manifest.hazards), approval.log_sha256),
        (CASE, _digest(package, CASE), approval.case_sha256),
        ("product", f"{log.product} {log.version}", f"{approval.product} {approval.version}"),
        ("issue", f"issue {log.issue}", f"issue {approval.issue}"),
    ]
    for key, here, signed in pairs:
        if here != signed:
            yield key, f"what was approved: {signed[:80]}", here[:80], _REMEDY
    if log.approved_by != approval.name:
        yield (
            "approved_by",
            f"{approval.name}, who signed, named in {manifest.hazards}",
            log.approved_by[:80],
            _REMEDY_NAME,
        )
    if officer and not is_named:
        expected = f"{officer.name}, {officer.register} {officer.number}, whom tabard.toml names"
        yield "officer", expected, f"{approval.name}, {approval.register} {approval.number}", _REMEDY


def _digest(package: Package, name: str) -> str:
    return sha256(package.files[name]) if name in package.files else "no such file"
