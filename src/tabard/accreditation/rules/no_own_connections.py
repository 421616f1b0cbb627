"""The code opens no connection of its own: everything goes through the gateway, which guards it, bounds it and keeps account.

Source: OWASP ASVS 5.0, 13.2.4 and 13.2.5 (which systems may be reached); architecture: the gateway is the one way out.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = (
    "asvs-5.0/13.2.4",
    "asvs-5.0/13.2.5",
    "tabard/standard-interfaces",
)

_EXPECTED = "requests through the kit or the page's own gateway alone"
_REMEDY = "ask through the gateway; a host outside is asked for under [[outside]]"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.network, SERVERS | SCRIPTS, _EXPECTED, _REMEDY)
