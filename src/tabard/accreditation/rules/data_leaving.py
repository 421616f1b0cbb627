"""What leaves the hospital, to whom and why, is said in words that a person can judge; where it is of patients, a person does.

Source: DTAC 2.0, B4 and C2.2.5 (flows of data, where they lie); UK GDPR, article 30(1) (recipients and purposes).
"""

import re
from collections.abc import Iterator

from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME, Outside

FAMILY = Family.data
CRITERIA = ("dtac-2.0/B4", "dtac-2.0/C2.2.5", "tabard/egress-purpose")

_FEWEST_WORDS = 4
_NOBODY = re.compile(
    r"\b(?:none|nothing|no data) of any (?:patient|person)\b|\bno (?:personal|patient) data\b", re.IGNORECASE
)
_EMPTY = re.compile(r"(?:data|various|all|any(?:thing)?|other|misc\w*|etc\.?|tbc|tbd|todo|n/?a|-+)", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Judge each host that the product wishes to call."""
    package = subject.package
    looked_at = sha256(package.files[FILE_NAME])
    if not package.manifest.outside:
        yield not_applicable(FILE_NAME, "nothing leaves the hospital", looked_at)
    for at, one in enumerate(package.manifest.outside):
        yield from _judged(f"{FILE_NAME} outside[{at}]", one, looked_at)


def _judged(place: str, one: Outside, looked_at: str) -> Iterator[Found]:
    empty = [told for told in one.data if _EMPTY.fullmatch(told.strip())]
    if len(one.purpose.split()) < _FEWEST_WORDS:
        yield failed(
            f"{place}.purpose", "why it is called, in a few words", one.purpose, "say what it is for", looked_at
        )
    elif empty:
        yield failed(f"{place}.data", "the kinds of data by their names", empty[0], "name each kind", looked_at)
    elif all(_NOBODY.search(told) for told in one.data):
        yield passed(place, f"{one.host}: {one.purpose}; nothing of patients", looked_at)
    else:
        got = f"to {one.host} go: {', '.join(one.data)}"
        yield not_assessed(
            place, "no more than the purpose needs", got, "have a person judge the flow of data", looked_at
        )
