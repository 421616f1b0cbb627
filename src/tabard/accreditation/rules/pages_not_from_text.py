"""No text becomes elements, handlers or addresses of a page: what a record holds is shown and never carried out.

Source: OWASP ASVS 5.0, 1.2.1, 3.2.2 and 3.5.5 (encoding, text shown as text, messages between windows); CWE-79.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = (
    "asvs-5.0/1.2.1",
    "asvs-5.0/3.2.2",
    "asvs-5.0/3.5.5",
    "tabard/hostile-data",
)

_EXPECTED = "text shown by textContent, and elements made one by one"
_REMEDY = "set textContent, make elements with createElement, and name the origin that is spoken to"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.pages, SERVERS | SCRIPTS, _EXPECTED, _REMEDY)
