"""The code makes no objects of bytes that could make any, and reads no XML that could lead elsewhere.

Source: OWASP ASVS 5.0, 1.5.1 and 1.5.2 (XML, deserialisation); CWE-502, CWE-611.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = (
    "asvs-5.0/1.5.1",
    "asvs-5.0/1.5.2",
    "tabard/static-security",
)

_EXPECTED = "data read as data: JSON, or a reader that makes nothing but values"
_REMEDY = "read it as JSON, and check its shape"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.reads, SERVERS, _EXPECTED, _REMEDY)
