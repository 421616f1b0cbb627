"""Nothing is kept in the browser beyond the window: no cookie, no storage, no cache of its own.

Source: OWASP ASVS 5.0, 14.3.1 and 14.3.3 (data in the browser); DTAC 2.0, C2.2.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.data
CRITERIA = (
    "asvs-5.0/14.3.1",
    "asvs-5.0/14.3.3",
    "tabard/nothing-kept",
)

_EXPECTED = "nothing that the next user of the computer finds"
_REMEDY = "keep it in memory; sessionStorage ends with the window"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.kept, SCRIPTS, _EXPECTED, _REMEDY)
