"""The code verifies its peers, uses no digest or cipher that is broken, and makes no secret of numbers that can be guessed.

Source: OWASP ASVS 5.0, 11.4.1, 11.5.1 and 12.3.2 (digests, random values, certificates); CWE-295, CWE-327, CWE-330.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = (
    "asvs-5.0/11.4.1",
    "asvs-5.0/11.5.1",
    "asvs-5.0/12.3.2",
)

_EXPECTED = "sound digests, certificates verified, secrets from the system"
_REMEDY = "use SHA-256, `secrets` or `crypto.getRandomValues`, and leave verification on"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.crypto, SERVERS | SCRIPTS, _EXPECTED, _REMEDY)
