"""Each scope that a part asks for was used in its day at the pretend hospital, or in a scenario that it ships.

Source: UK GDPR, article 5(1)(c) (no more than is needed); SMART App Launch 2.2, scopes; least privilege.
"""

from collections.abc import Iterator

from tabard.accreditation.found import failed, passed
from tabard.accreditation.judging.days import TRIAL, each_part
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.recording import PartTried, Trial
from tabard.fhir.scopes import ResourceScope, parse

FAMILY = Family.behaviour
CRITERIA = ("tabard/scopes-used", "tabard/least-privilege")

_READS = frozenset("rs")
"""Reading and searching open the same data: one of them used is both."""

_EXPECTED = "every scope that is asked for used"
_REMEDY = "leave it out, or ship a scenario that uses it: docs/look-up/scenarios.md"


def check(subject: Subject) -> Iterator[Found]:
    """Hold what each part asked for against what its requests needed."""
    return each_part(subject, _EXPECTED, _judged)


def _judged(place: str, part: PartTried, trial: Trial) -> Iterator[Found]:
    unused = [str(one) for one in parse(" ".join(part.asked)).resources if not _is_used(one, part.used)]
    for scope in unused:
        yield failed(
            f"{place}.scopes {scope}", _EXPECTED, "it was not used", _REMEDY, trial.sha256, measured=trial.measured
        )
    if not unused:
        used = ", ".join(part.used) or "nothing"
        yield passed(f"{place}.scopes", f"{TRIAL}: used {used}", trial.sha256, measured=trial.measured)


def _is_used(scope: ResourceScope, used: tuple[str, ...]) -> bool:
    """Whether it was read by, where it opens data to be read, and each letter that changes something was used."""
    done = {letter for letter in scope.letters if f"{scope.level}/{scope.type}.{letter}" in used}
    reads, changes = set(scope.letters) & _READS, set(scope.letters) - _READS
    return (not reads or bool(reads & done)) and changes <= done
