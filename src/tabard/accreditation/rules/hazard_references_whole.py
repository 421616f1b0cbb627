"""What hazards name of one another is there: hazards that controls introduce, whom a transferred one goes to, why one is closed.

Source: DCB0129 4.2, 6.1.2 and 6.1.3 (hazards that controls bring with them), 6.4.1 (completeness).
"""

from collections.abc import Iterator

from tabard.accreditation.hazards.model import Hazard, HazardLog, HazardStatus, Owner
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.papers import Wrong, judged, log_of, no_log

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/6.1.2", "dcb0129-4.2/6.1.3", "dcb0129-4.2/6.4.1")


def check(subject: Subject) -> Iterator[Found]:
    """Follow every reference."""
    package = subject.package
    log = log_of(package)
    if log is None:
        yield no_log(package)
        return
    wrong = (each for one in log.hazards for each in (*_introduced(one, log), *_standing(one)))
    yield from judged(package, package.manifest.hazards, wrong, f"{len(log.hazards)} hazards, and all that they name")


def _introduced(hazard: Hazard, log: HazardLog) -> Iterator[Wrong]:
    known = {one.id for one in log.hazards}
    for control in hazard.controls:
        for other in control.introduces:
            if other not in known:
                yield (
                    f"{hazard.id} {control.id}.introduces",
                    "the id of a hazard in this log",
                    other,
                    "add the hazard that the control brings",
                )


def _standing(hazard: Hazard) -> Iterator[Wrong]:
    """A transferred hazard names who takes it over and by which control; one that is closed says in its history why."""
    is_transferred = hazard.status is HazardStatus.transferred
    if is_transferred and not hazard.transferred_to:
        yield f"{hazard.id} transferred_to", "who takes it over", "nothing", "say who"
    if is_transferred and not any(one.owner is not Owner.manufacturer for one in hazard.controls):
        yield f"{hazard.id} control", "a control of the deployer's or the user's", "none", "say what they take over"
    if hazard.status in (HazardStatus.closed, HazardStatus.deprecated) and not hazard.history:
        yield (
            f"{hazard.id} history",
            f"when, by whom and why it is {hazard.status}",
            "nothing",
            "add a [[hazard.history]]",
        )
