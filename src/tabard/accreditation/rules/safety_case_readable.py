"""There is a clinical safety case report, it can be read whole, and it is of this product, this version and its intended use.

Source: DCB0129 4.2, 3.4.1, 3.5.1 and 3.5.3 (the report goes with the system), 4.2.1 and 4.2.2 (scope, intended use).
"""

from collections.abc import Iterator

from tabard.accreditation.errors import BadSafetyCase
from tabard.accreditation.found import failed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.model import CASE, SafetyCase
from tabard.accreditation.safety.papers import Wrong, judged
from tabard.accreditation.safety.reading import read_safety_case
from tabard.product import FILE_NAME, Manifest

FAMILY = Family.safety
CRITERIA = ("dtac-2.0/C1.2.4", "dcb0129-4.2/3.4.1", "dcb0129-4.2/3.5.1", "dcb0129-4.2/4.2.1", "dcb0129-4.2/4.2.2")

_MEND = "mend this key; every key is in docs/look-up/hazards.md"


def check(subject: Subject) -> Iterator[Found]:
    """Read the report, and tell every fault of it at its key."""
    package = subject.package
    raw = package.files.get(CASE)
    if raw is None:
        yield failed(
            CASE, "a clinical safety case report", "no such file", "write one: products/ward-board has an example"
        )
        return
    try:
        case = read_safety_case(raw)
    except BadSafetyCase as bad:
        for one in bad.faults:
            yield failed(f"{CASE} {one.where}".strip(), one.expected, one.got, _MEND, sha256(raw))
        return
    yield from judged(
        package, CASE, _of_another(case, package.manifest), f"issue {case.issue}, {case.phase}", FILE_NAME
    )


def _of_another(case: SafetyCase, manifest: Manifest) -> Iterator[Wrong]:
    pairs = [("product", case.product, manifest.id), ("version", case.version, manifest.version)]
    if manifest.intended_use:  # manifest-sound asks for it where it is not said
        pairs.append(("intended_use", _line(case.intended_use), _line(manifest.intended_use)))
    for key, told, true in pairs:
        if told != true:
            yield key, f"{true[:80]}, as {FILE_NAME} has it", told[:80], "look the report through, then say so here"


def _line(text: str) -> str:
    return " ".join(text.split())
