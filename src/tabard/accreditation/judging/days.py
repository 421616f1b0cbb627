"""A product's day at the pretend hospital, part by part, as rules judge it."""

from collections.abc import Callable, Iterator

from tabard.accreditation.found import not_assessed, sha256
from tabard.accreditation.model import Found, Subject
from tabard.accreditation.probing.ports import CouldNot
from tabard.accreditation.probing.recording import PartTried, Trial
from tabard.product import FILE_NAME

TRIAL = "in its day"
"""How a finding begins that rests on a trial."""

_Judge = Callable[[str, PartTried, Trial], Iterator[Found]]


def each_part(subject: Subject, expected: str, judge: _Judge) -> Iterator[Found]:
    """What `judge` says of each part; one that was not lived with, or no trial at all, is for a person."""
    trial = subject.tried
    if isinstance(trial, CouldNot):
        manifest = sha256(subject.package.files[FILE_NAME])
        yield not_assessed("the product in its day", expected, trial.reason, trial.remedy, manifest)
        return
    tried = {one.at: one for one in trial.parts}
    for at, part in enumerate(subject.package.manifest.parts):
        place, one = f"{FILE_NAME} part[{at}]", tried.get(at)
        if one is None or one.untried:
            reason, remedy = (one.untried, one.remedy) if one else ("it was not lived with", "have a person try it")
            yield not_assessed(place, expected, f"{part.title}: {reason}", remedy, trial.sha256)
        else:
            yield from judge(place, one, trial)
