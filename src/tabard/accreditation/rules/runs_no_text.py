"""The code runs no text as code, starts no other program and loads no machine code.

Source: OWASP ASVS 5.0, 1.2.5 and 1.3.2 (commands of the system, dynamic code); CWE-78, CWE-94, CWE-95.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = (
    "asvs-5.0/1.2.5",
    "asvs-5.0/1.3.2",
    "tabard/static-security",
)

_EXPECTED = "code that is written out, in one process"
_REMEDY = "write out what is to be done; a product needs no other program"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.runs, SERVERS | SCRIPTS, _EXPECTED, _REMEDY)
