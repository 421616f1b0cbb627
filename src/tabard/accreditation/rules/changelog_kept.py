"""From the second version on, a changelog says what changed in this one.

Source: DCB0129 4.2, 7.3 (modification); DTAC 2.0, A3; a hospital decides on an update by what it changes.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.rules.readme_tells import sections

FAMILY = Family.documentation
CRITERIA = ("tabard/documented", "dcb0129-4.2/7.3.1", "dtac-2.0/A3")

CHANGELOG = "CHANGELOG.md"
_FIRST = (1, 0, 0)
_FEWEST_WORDS = 3


def check(subject: Subject) -> Iterator[Found]:
    """Look for this version's heading and what stands under it."""
    package = subject.package
    version = package.manifest.version
    if tuple(map(int, version.split("."))) <= _FIRST:
        yield not_applicable(CHANGELOG, f"{version} is the first", package.sha256)
        return
    raw = package.files.get(CHANGELOG, b"")
    heading = re.compile(rf"(?<![\d.]){re.escape(version)}(?![\d.]*\d)")
    under = [body for told, body in sections(raw.decode("utf-8", "replace")) if heading.search(told)]
    if any(len(body.split()) >= _FEWEST_WORDS for body in under):
        yield passed(CHANGELOG, f"what changed in {version}", sha256(raw))
    else:
        got = "no such file" if not raw else "nothing of this version"
        yield failed(CHANGELOG, f"a heading {version} with what changed", got, "say what changed, and why", sha256(raw))
