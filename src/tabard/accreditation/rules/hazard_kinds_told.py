"""Every display of patients, and every write, has hazards for wrong patient, stale, missing and unavailable, or a reason why not.

A hazard speaks of the displays that it covers, of all where it names none; a write is spoken of by its scope's name alone.
Source: DCB0129 4.2, 4.3.1 (hazards that can be foreseen, of normal running and of faults); docs/safety.
"""

from collections.abc import Iterator

from tabard.accreditation.hazards.model import HazardLog, HazardStatus, Owed
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.exposures import Exposure, exposures
from tabard.accreditation.safety.papers import Wrong, judged, log_of, no_log

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/4.3.1", "dcb0129-4.2/4.1.1")

_FEWEST_WORDS = 5
_GONE = (HazardStatus.closed, HazardStatus.deprecated)


def check(subject: Subject) -> Iterator[Found]:
    """Hold the log against what the manifest says that the product shows and writes."""
    package = subject.package
    log = log_of(package)
    if log is None:
        yield no_log(package)
        return
    shown = exposures(package.manifest)
    wrong = [*_unknown(log, shown), *(each for one in shown for each in _left_unsaid(log, one))]
    got = (
        f"{len(shown)} displays and writes, each with its four kinds of hazard"
        if shown
        else "it shows and writes nothing of patients"
    )
    yield from judged(package, package.manifest.hazards, wrong, got, "tabard.toml")


def _unknown(log: HazardLog, shown: tuple[Exposure, ...]) -> Iterator[Wrong]:
    """Names under `covers` that nothing bears: a hazard that covers nothing must not look as if it did."""
    names = {one.name for one in shown}
    told = [(one.id, each) for one in log.hazards if one.status not in _GONE for each in one.covers]
    told += [("not_applicable", each) for one in log.not_applicable for each in one.covers]
    for where, name in told:
        if name not in names:
            yield (
                f"{where} covers",
                f"one of {', '.join(sorted(names)) or 'nothing'}",
                name,
                "name it as tabard.toml does",
            )


def _left_unsaid(log: HazardLog, exposure: Exposure) -> Iterator[Wrong]:
    for owed in Owed:
        hazards = [one for one in log.hazards if owed in one.types and one.status not in _GONE]
        told = [one.id for one in hazards if exposure.is_covered(one.covers)]
        why = [one for one in log.not_applicable if one.type is owed and exposure.is_covered(one.covers)]
        place = f"{owed} {exposure.name}"
        if told and why:
            yield (
                place,
                "a hazard of this kind, or why there is none",
                f"both: {', '.join(told)} and a reason",
                "take one of them out",
            )
        elif not told and not any(len(one.reason.split()) >= _FEWEST_WORDS for one in why):
            yield place, f"a hazard of the kind {owed} for {exposure.words}", "none", _remedy(owed, exposure)


def _remedy(owed: Owed, exposure: Exposure) -> str:
    covers = f' and `covers = ["{exposure.name}"]`' if exposure.is_write else ""
    return (
        f'add `types = ["{owed}"]`{covers} to the hazard that is of this kind, or a [[not_applicable]] '
        f'with type = "{owed}", covers = ["{exposure.name}"] and the reason in five words or more'
    )
