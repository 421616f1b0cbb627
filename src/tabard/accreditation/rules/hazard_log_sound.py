"""The hazard log can be read, rates each risk by the table, leaves none that may not remain, and says who controls it and where.

Source: DCB0129 4.2, 3.3, 4.4, 5.1, 6.1 and 6.3 (hazard log, estimation, evaluation, control, what was carried out).
"""

from collections import Counter
from collections.abc import Collection, Iterator

from tabard.accreditation.errors import BadHazardLog
from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.hazards.model import Hazard, HazardLog, Owed, Owner
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.accreditation.hazards.scheme import MUST_FALL, NEEDS_REASON, RATINGS
from tabard.accreditation.model import Family, Found, Subject
from tabard.fhir.scopes import parse
from tabard.product import Context, Manifest

FAMILY = Family.safety
CRITERIA = ("dtac-2.0/C1.2.4", "dcb0129-4.2/3.3.1")

_Wrong = tuple[str, str, str, str]
_FEWEST_WORDS = 5


def check(subject: Subject) -> Iterator[Found]:
    """Read the log and hold every hazard against the scheme and the package."""
    manifest, files = subject.package.manifest, subject.package.files
    raw = files.get(manifest.hazards)
    if raw is None:
        yield failed(manifest.hazards, "a hazard log", "no such file", "write one: products/ward-board has an example")
        return
    try:
        log = read_hazard_log(raw)
    except BadHazardLog as bad:
        for fault in bad.faults:
            yield failed(
                f"{manifest.hazards} {fault.where}".strip(), fault.expected, fault.got, "mend this key", sha256(raw)
            )
        return
    wrong = [*_wrong_ids(log), *(each for one in log.hazards for each in _wrong_with(one, files.keys()))]
    wrong += _left_unsaid(log, manifest)
    for key, expected, got, remedy in wrong:
        yield failed(f"{manifest.hazards} {key}", expected, got, remedy, sha256(raw))
    if not wrong:
        used = {name for one in log.hazards for each in one.controls for name in each.where if name in files}
        yield passed(manifest.hazards, _told(log), sha256(raw), *(sha256(files[name]) for name in used))


def _wrong_ids(log: HazardLog) -> Iterator[_Wrong]:
    for id_, times in Counter(one.id for one in log.hazards).items():
        if times > 1:
            yield id_, "an id of its own for each hazard", f"{times} hazards of this id", "number them anew"


def _wrong_with(hazard: Hazard, files: Collection[str]) -> Iterator[_Wrong]:
    before, after = hazard.before.rating, hazard.after.rating
    if after > before:
        yield (
            f"{hazard.id} after",
            f"{before} at the most, as before",
            str(after),
            "a control makes no risk worse: rate anew",
        )
    if after >= MUST_FALL:
        yield (
            f"{hazard.id} after",
            "3 at the most",
            f"{after}: {RATINGS[after]}",
            "control it further, or leave out what causes it",
        )
    if after == NEEDS_REASON and len(hazard.reason.split()) < _FEWEST_WORDS:
        yield (
            f"{hazard.id} reason",
            "why it cannot be reduced further",
            hazard.reason or "nothing",
            "add `reason` to the hazard",
        )
    if after < before and not hazard.controls:
        yield f"{hazard.id} control", "what brings the risk down", "nothing", "add a [[hazard.control]]"
    for at, control in enumerate(hazard.controls):
        key = f"{hazard.id} control[{at}].where"
        if control.owner is Owner.maker and not control.where:
            yield key, "the files that carry the maker's control out", "nothing", "name them, with commas between"
        for name in control.where:
            if name not in files:
                yield key, "a file of the package", name, "name the file as it is called in the package"


def _left_unsaid(log: HazardLog, manifest: Manifest) -> Iterator[_Wrong]:
    """What the owed four lack. A product that shows nothing of patients owes none of them."""
    if not any(part.context is not Context.none or parse(" ".join(part.scopes)).resources for part in manifest.parts):
        return
    told = {each for one in log.hazards for each in one.types}
    reasons = dict(log.not_applicable)
    for owed in Owed:
        words = len(reasons.get(owed, "").split())
        if owed in told and owed in reasons:
            yield (
                f"not_applicable.{owed}",
                "a hazard of this type, or why there is none",
                "both",
                "take one of them out",
            )
        elif owed not in told and words < _FEWEST_WORDS:
            remedy = f'add `types = ["{owed}"]` to the hazard that is of this type, or say why there is none: [not_applicable] {owed} = "..."'
            yield f"types {owed}", f"a hazard of the type {owed}, which every display of patients owes", "none", remedy


def _told(log: HazardLog) -> str:
    tasks = len(log.tasks)
    told = f"{tasks} controls that the hospital keeps" if tasks else "no control that the hospital keeps"
    return f"{len(log.hazards)} hazards; {told}"
