"""No file names a real patient: every NHS number in it is of the range that is kept for tests.

Source: NHS Data Dictionary, NHS NUMBER (modulus 11; numbers that begin with 999 are given to nobody); UK GDPR, article 5(1)(c).
"""

import re
from collections.abc import Iterator

from tabard.accreditation.contents.kinds import component_files, text_of
from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.fhir.nhs_number import is_valid
from tabard.product import SBOM_NAME

FAMILY = Family.data
CRITERIA = ("dtac-2.0/C2.2", "asvs-5.0/14.2.3")

_NUMBER = re.compile(r"(?<![\w.-])([4-79]\d{2})([ -]?)(\d{3})\2(\d{4})(?![\w-]|\.\d)")
_PRETEND = "999"
_MOST_A_FILE = 20
_REMEDY = "take the person out; numbers that begin with 999 are nobody's"


def check(subject: Subject) -> Iterator[Found]:
    """Look for numbers that could be somebody's in every text of the maker's own. The number is told nowhere."""
    package = subject.package
    passed_over = component_files(package) | {SBOM_NAME}
    own = {name: raw for name, raw in package.files.items() if name not in passed_over}
    faults = [found for name, raw in own.items() for found in _in_file(name, raw)]
    yield from faults or [passed("package", f"{len(own)} files looked into", *(sha256(raw) for raw in own.values()))]


def _in_file(name: str, raw: bytes) -> Iterator[Found]:
    text = text_of(raw)
    if text is None:
        return
    seen = 0
    for number, line in enumerate(text.splitlines(), 1):
        for found in _NUMBER.finditer(line):
            if found[1] != _PRETEND and is_valid(found[1] + found[3] + found[4]) and seen < _MOST_A_FILE:
                seen += 1
                yield failed(f"{name}:{number}", "no real person", "a valid NHS number", _REMEDY, sha256(raw))
