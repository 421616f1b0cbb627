"""There is a hazard log, it can be read whole, and it is of this product and this version.

Source: DCB0129 4.2, 3.3.1 and 3.3.3 (a hazard log is kept, and an issue of it goes with the system).
"""

from collections.abc import Iterator

from tabard.accreditation.errors import BadHazardLog
from tabard.accreditation.found import failed, sha256
from tabard.accreditation.hazards.model import HazardLog
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.papers import Wrong, judged
from tabard.product import Manifest

FAMILY = Family.safety
CRITERIA = ("dtac-2.0/C1.2.4", "dcb0129-4.2/3.3.1")

_MEND = "mend this key; every key is in docs/look-up/hazards.md"


def check(subject: Subject) -> Iterator[Found]:
    """Read the log, and tell every fault of it at its key."""
    manifest, files = subject.package.manifest, subject.package.files
    raw = files.get(manifest.hazards)
    if raw is None:
        yield failed(manifest.hazards, "a hazard log", "no such file", "write one: products/ward-board has an example")
        return
    try:
        log = read_hazard_log(raw)
    except BadHazardLog as bad:
        for one in bad.faults:
            place = f"{manifest.hazards} {one.where}".strip()
            yield failed(place, one.expected, one.got, _MEND, sha256(raw))
        return
    yield from judged(subject.package, manifest.hazards, _of_another(log, manifest), _told(log))


def _of_another(log: HazardLog, manifest: Manifest) -> Iterator[Wrong]:
    for key, told, true in (("product", log.product, manifest.id), ("version", log.version, manifest.version)):
        if told != true:
            remedy = f"look through the log for {true}, then say so here"
            yield key, true, told, remedy


def _told(log: HazardLog) -> str:
    tasks = len(log.tasks)
    told = f"{tasks} controls that the hospital keeps" if tasks else "no control that the hospital keeps"
    return f"issue {log.issue}: {len(log.hazards)} hazards; {told}"
