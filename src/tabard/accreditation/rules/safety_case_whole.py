"""The safety case names every risk that remains at 3 or above, and every control that others than the maker must keep.

Source: DCB0129 4.2, 3.4.1, 6.4.1 and 6.3.1 (what remains is told; controls of another organisation are handed over).
"""

from collections.abc import Iterator

from tabard.accreditation.hazards.model import HazardLog, Owner
from tabard.accreditation.hazards.scheme import NEEDS_REASON
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.model import CASE, SafetyCase
from tabard.accreditation.safety.papers import Wrong, case_of, judged, log_of, no_case, no_log

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/3.4.1", "dcb0129-4.2/6.4.1", "dcb0160-3.2/2.5.1")


def check(subject: Subject) -> Iterator[Found]:
    """Hold the report against the log."""
    package = subject.package
    log, case = log_of(package), case_of(package)
    if log is None:
        yield no_log(package)
    elif case is None:
        yield no_case(package)
    else:
        told = f"{len(case.remaining)} risks that remain and {len(case.transferred)} controls handed over are told"
        yield from judged(package, CASE, _wrong(case, log), told, package.manifest.hazards)


def _wrong(case: SafetyCase, log: HazardLog) -> Iterator[Wrong]:
    remaining = {one.hazard for one in case.remaining}
    owed = {one.id for one in log.hazards if one.residual.rating >= NEEDS_REASON}
    handed = {each.id for one in log.hazards for each in one.controls if each.owner is not Owner.manufacturer}
    for id_ in sorted(owed - remaining):
        yield (
            f"remaining {id_}",
            "why this risk may remain, in the report too",
            "nothing",
            "add a [[remaining]] with hazard and words",
        )
    for id_ in sorted(remaining - {one.id for one in log.hazards}):
        yield f"remaining {id_}", "a hazard of the log", id_, "name the hazard by its id"
    for id_ in sorted(handed - set(case.transferred)):
        yield (
            f"transferred {id_}",
            "every control that is the deployer's or the user's",
            "not named",
            "add it to `transferred`",
        )
    for id_ in sorted(set(case.transferred) - handed):
        yield (
            f"transferred {id_}",
            "a control of the deployer's or the user's",
            id_,
            "take it out, or give the control its owner",
        )
