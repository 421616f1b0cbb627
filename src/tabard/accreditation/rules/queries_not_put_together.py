"""No query is put together from text and values.

Source: OWASP ASVS 5.0, 1.2.4 (queries with parameters); CWE-89.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = ("asvs-5.0/1.2.4",)

_EXPECTED = "queries whose values are parameters"
_REMEDY = "give values as parameters of the query"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.queries, SERVERS, _EXPECTED, _REMEDY)
