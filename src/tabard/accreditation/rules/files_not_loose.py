"""No file is made that another could read, replace or have unpacked elsewhere.

Source: OWASP ASVS 5.0, 5.3.1 and 5.3.2 (files kept); CWE-22, CWE-377, CWE-732.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SERVERS
from tabard.accreditation.judging.topics import Topic, judged
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.code
CRITERIA = (
    "asvs-5.0/5.3.1",
    "asvs-5.0/5.3.2",
)

_EXPECTED = "files in the product's own data, readable by it alone"
_REMEDY = "use TABARD_DATA, and `tempfile.TemporaryDirectory`"


def check(subject: Subject) -> Iterator[Found]:
    """What the static checkers found of this, file and line."""
    return judged(subject, Topic.files, SERVERS, _EXPECTED, _REMEDY)
