"""Nothing of a patient is written to a log or to the console.

Source: OWASP ASVS 5.0, 16.2.5 (what a log must not hold); DTAC 2.0, C3.6.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.data
CRITERIA = (
    "asvs-5.0/16.2.5",
    "dtac-2.0/C3.6",
)

_EXPECTED = "logs that name no patient and hold nothing of one"
_REMEDY = "leave it out, or log that it happened and not to whom"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.told, SERVERS | SCRIPTS, _EXPECTED, _REMEDY)
