"""The static checkers find nothing else: no fault that is swallowed, no debugging left on, no text that reads otherwise than it looks.

Source: bandit 1.9 and ruff S, every rule that no other rule of ours tells; CWE-391, CWE-489, CWE-1007.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = (
    "tabard/static-security",
    "asvs-5.0/16.5.3",
    "asvs-5.0/13.4.2",
)

_EXPECTED = "nothing that the checkers find"
_REMEDY = "mend what is named"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.other, SERVERS, _EXPECTED, _REMEDY)
