"""What a part wrote in its day at the pretend hospital was valid, and the gateway took it.

Source: HL7 FHIR R4, 2.6 (conformance to the specification); a product that asks to write, and wrote nothing, was not tried.
"""

from collections.abc import Iterator

from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.judging.days import TRIAL, each_part
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.recording import PartTried, Trial
from tabard.fhir.scopes import parse
from tabard.product import FILE_NAME

FAMILY = Family.behaviour
CRITERIA = ("tabard/writes-valid", "tabard/writes-known")

_EXPECTED = "valid resources, which the gateway takes"
_WRITES = frozenset("cud")


def check(subject: Subject) -> Iterator[Found]:
    """Judge what each part that asks to write has written."""
    asked = parse(" ".join(scope for part in subject.package.manifest.parts for scope in part.scopes)).resources
    if not any(_WRITES & set(one.letters) for one in asked):
        return iter([not_applicable(FILE_NAME, "no part asks to write", sha256(subject.package.files[FILE_NAME]))])
    return each_part(subject, _EXPECTED, _judged)


def _judged(place: str, part: PartTried, trial: Trial) -> Iterator[Found]:
    wrong = [one for one in part.wrote if not one.is_valid]
    for one in wrong:
        yield failed(f"{place} {one.type}", _EXPECTED, "; ".join(one.faults), "mend what it writes", trial.sha256)
    writes = any(_WRITES & set(one.letters) for one in parse(" ".join(part.asked)).resources)
    if writes and not any(one.was_taken for one in part.wrote):
        remedy = "ship a scenario in which it writes, or have a person try it"
        yield not_assessed(place, _EXPECTED, f"{TRIAL}: nothing that it wrote was taken", remedy, trial.sha256)
    elif not wrong:
        yield passed(
            place, f"{TRIAL}: {', '.join(sorted({one.type for one in part.wrote})) or 'nothing'}", trial.sha256
        )
