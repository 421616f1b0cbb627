"""The README says whom a hospital asks for help, in a way that reaches somebody.

Source: DTAC 2.0, A5 to A7 (contact); DCB0129 4.2, 7.2 (monitoring once it is in use: somebody must hear of it).
"""

import re
from collections.abc import Iterator

from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.rules.readme_tells import README, sections

FAMILY = Family.documentation
CRITERIA = ("tabard/support", "dtac-2.0/A5", "dcb0129-4.2/7.2.1")

_HEADING = re.compile(r"\b(?:support|help|contact|whom to ask)\b", re.IGNORECASE)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_TELEPHONE = re.compile(r"(?<![\w.])\+?[\d(][\d ()-]{8,20}\d")
_PAGE = re.compile(r"https://[A-Za-z0-9.-]{4,253}")
_PLACEHOLDER = re.compile(r"<<|@TODO|\bexample\.(?:com|org|net)\b", re.IGNORECASE)
_REMEDY = "add a section “Support” with an address for mail, a telephone number or a page"


def check(subject: Subject) -> Iterator[Found]:
    """Look under a heading of that kind for something that can be written to, called or opened."""
    raw = subject.package.files.get(README, b"")
    under = [body for told, body in sections(raw.decode("utf-8", "replace")) if _HEADING.search(told)]
    if any(_reaches(body) for body in under):
        yield passed(README, "says whom to ask", sha256(raw))
    else:
        got = "a heading, and nothing that reaches anybody" if under else "no such heading"
        yield failed(README, "a heading “Support”, with an address under it", got, _REMEDY, sha256(raw))


def _reaches(body: str) -> bool:
    lines = [line for line in body.splitlines() if not _PLACEHOLDER.search(line)]
    return any(one.search(line) for line in lines for one in (_MAIL, _TELEPHONE, _PAGE))
