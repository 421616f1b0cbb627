"""The manifest can be read, says what it must, and is the one that the package is known by.

Source: docs/look-up/manifest.md; DTAC 2.0, A (what the product is and what it is for).
"""

from collections.abc import Iterator

from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, BadManifest, owed, parse_manifest

FAMILY = Family.package
CRITERIA = ("tabard/manifest-sound", "dtac-2.0/A2", "dtac-2.0/A3")

_OWED = ("summary", "intended_use")
"""What a manifest owes here; what else it owes is asked for by the rules of those names."""


def check(subject: Subject) -> Iterator[Found]:
    """Read the manifest's bytes again, and tell every fault at its key."""
    raw = subject.package.files.get(FILE_NAME, b"")
    looked_at = sha256(raw)
    try:
        manifest = parse_manifest(raw, subject.package.files.keys())
    except BadManifest as bad:
        for fault in bad.faults:
            yield failed(f"{FILE_NAME} {fault.where}", fault.expected, fault.got, "mend this key", looked_at)
        if not bad.faults:
            yield failed(
                FILE_NAME, bad.expected or "a manifest", bad.got or bad.message, bad.remedy or "mend it", looked_at
            )
        return
    if manifest != subject.package.manifest:
        yield failed(
            FILE_NAME, "the manifest that the package is known by", "another", "build the package again", looked_at
        )
        return
    unsaid = [one for one in owed(manifest) if one.where in _OWED]
    for fault in unsaid:
        yield failed(f"{FILE_NAME} {fault.where}", fault.expected, fault.got, "add this key", looked_at)
    if not unsaid:
        yield passed(FILE_NAME, f"{manifest.id} {manifest.version}, every key read", looked_at)
