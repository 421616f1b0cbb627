"""The README tells a hospital what it must know: what the product is, what it needs, and what staff do when it does not work.

Source: DTAC 2.0, A2, B2 and D1.5; DCB0129 4.2, 7.1 (delivery); DCB0160 3.2, 4 (what the hospital's own analysis begins from).
"""

import re
from collections.abc import Iterator

from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.documentation
CRITERIA = ("tabard/documented", "dtac-2.0/B2", "dcb0129-4.2/7.1.1")

README = "README.md"
_FEWEST_WORDS = 60
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_OWED = (
    (
        re.compile(r"\b(?:needs?|before|install\w*|set[- ]?up|require\w*)\b", re.IGNORECASE),
        "What it needs",
        "what the hospital needs for it",
    ),
    (
        re.compile(r"\b(?:does not work|fails?|failure|goes wrong|trouble|is down|unavailable)\b", re.IGNORECASE),
        "When it does not work",
        "what staff do when it does not work",
    ),
)
_FEWEST_UNDER = 8


def check(subject: Subject) -> Iterator[Found]:
    """Look for the README's words, and for a heading and words under it of each thing that is owed."""
    raw = subject.package.files.get(README)
    if raw is None:
        remedy = f"write {README}: what it is, what it needs, what to do when it does not work, whom to ask"
        yield failed(README, "a README", "no such file", remedy, subject.package.sha256)
        return
    text = raw.decode("utf-8", "replace")
    wrong = [*_wrong_with(text)]
    for expected, got, remedy in wrong:
        yield failed(README, expected, got, remedy, sha256(raw))
    if not wrong:
        yield passed(README, f"{len(text.split())} words", sha256(raw))


def sections(text: str) -> Iterator[tuple[str, str]]:
    """Each heading with what stands under it."""
    found = [*_HEADING.finditer(text)]
    ends = [*(each.start() for each in found[1:]), len(text)]
    for one, end in zip(found, ends, strict=False):  # a text without a heading has an end, and nothing that ends there
        yield one[1], text[one.end() : end]


def _wrong_with(text: str) -> Iterator[tuple[str, str, str]]:
    words = len(text.split())
    if words < _FEWEST_WORDS:
        yield f"{_FEWEST_WORDS} words at the least", f"{words}", "say what it is, for whom, and what it shows"
    for pattern, heading, what in _OWED:
        under = [len(body.split()) for told, body in sections(text) if pattern.search(told)]
        if not any(count >= _FEWEST_UNDER for count in under):
            got = "a heading with next to nothing under it" if under else "no such heading"
            yield f"a heading, and a few sentences, on {what}", got, f"add a section such as “{heading}”"
