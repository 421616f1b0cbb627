"""The key that approved this version is the one that approved the version before, or was handed over by a signed word.

A hand-over that both keys signed stands. One that the new key alone signed is for a person, who asks the maker's organisation by
another way; without any, somebody else may be signing in the officer's name.
Source: DCB0129 4.2, 2.2 (top management names the officer), 2.3.1 and 3.3.2; NIST SP 800-57 part 1, 5.3.6 (change of a key).
"""

from collections.abc import Iterator

from tabard.accreditation.errors import BadApproval
from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.approving import read_approval
from tabard.accreditation.safety.model import APPROVAL, Approval
from tabard.accreditation.safety.papers import log_of
from tabard.accreditation.safety.succession import SUCCESSION, Succession, read_succession
from tabard.product import Package

FAMILY = Family.safety
CRITERIA = ("dtac-2.0/C1.2.5", "dcb0129-4.2/2.3.1", "dcb0129-4.2/3.3.2")

_EXPECTED = "the key that approved the version before, or one that it handed over to"
_HAND_OVER = (
    "have the officer hand over: `tabard product hazards hand-over DIR --before PACKAGE --key FILE --old-key FILE`"
)
_ASK = "ask the maker's organisation by another way whether this officer and this key are theirs"
_PLACE = f"{APPROVAL} officer.publicKey"


def check(subject: Subject) -> Iterator[Found]:
    """Hold the officer's key against that of the version before."""
    package, before = subject.package, subject.before
    here = _approval(package)
    if here is None:
        yield not_applicable(APPROVAL, "no approval that holds, as safety-log-signed tells", package.sha256)
    elif before is None:
        yield _alone(package)
    elif (then := _approval(before)) is None:
        yield not_applicable(
            APPROVAL, "nobody's approval of the version before can be read", package.sha256, before.sha256
        )
    elif then.keyid == here.keyid:
        yield passed(_PLACE, f"key {here.keyid[:16]}…, as before", sha256(package.files[APPROVAL]), before.sha256)
    else:
        yield _changed(package, before, then, here)


def _alone(package: Package) -> Found:
    log, digest = log_of(package), sha256(package.files[APPROVAL])
    if log and log.supersedes:
        remedy = "run it again with `--before PACKAGE`, or have a person compare the two approvals"
        return not_assessed(_PLACE, "the version before, to hold this key against", "it was not given", remedy, digest)
    return passed(_PLACE, "the first issue: there is no key before it", digest)


def _changed(package: Package, before: Package, then: Approval, here: Approval) -> Found:
    looked_at: tuple[str, ...] = (sha256(package.files[APPROVAL]), before.sha256)
    got = f"key {here.keyid[:16]}… of {here.name}, not {then.keyid[:16]}… of {then.name}"
    raw = package.files.get(SUCCESSION)
    if raw is None:
        return failed(_PLACE, _EXPECTED, got, _HAND_OVER, *looked_at)
    looked_at += (sha256(raw),)
    try:
        told = read_succession(raw, then)
    except BadApproval as bad:
        return failed(SUCCESSION, _EXPECTED, f"{bad.message}: {bad.got or ''}", _HAND_OVER, *looked_at)
    if _fits(told, package, then, here):
        if told.by_old:
            return passed(SUCCESSION, f"{got}: {told.reason}", *looked_at)
        return not_assessed(SUCCESSION, _EXPECTED, f"{got}; the new key alone says so: {told.reason}", _ASK, *looked_at)
    return failed(SUCCESSION, _EXPECTED, f"{got}; what hands over is of other keys or persons", _HAND_OVER, *looked_at)


def _fits(told: Succession, package: Package, then: Approval, here: Approval) -> bool:
    """Whether it is of this product, from that key to this one, and of whoever approved."""
    asked = (package.manifest.id, then.keyid, here.keyid, here.name, here.register, here.number)
    return asked == (told.product, told.before, told.keyid, told.name, told.register, told.number)


def _approval(package: Package) -> Approval | None:
    try:
        return read_approval(package.files.get(APPROVAL, b""), package.manifest.hazards)
    except BadApproval:
        return None
