"""No risk is rated higher after its controls than before, and none is rated lower without a control that lowers it.

Source: DCB0129 4.2, 6.1.1 and 6.1.4 (controls, and the risk that remains after them).
"""

from collections.abc import Iterator

from tabard.accreditation.hazards.model import Hazard
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.papers import Wrong, judged, log_of, no_log

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/6.1.1", "dcb0129-4.2/6.1.4")


def check(subject: Subject) -> Iterator[Found]:
    """Hold what remains against what there was at first."""
    package = subject.package
    log = log_of(package)
    if log is None:
        yield no_log(package)
        return
    wrong = (each for one in log.hazards for each in _wrong_with(one))
    lowered = sum(one.residual.rating < one.initial.rating for one in log.hazards)
    yield from judged(
        package, package.manifest.hazards, wrong, f"{lowered} of {len(log.hazards)} risks are lowered by controls"
    )


def _wrong_with(hazard: Hazard) -> Iterator[Wrong]:
    before, after = hazard.initial, hazard.residual
    if after.rating > before.rating:
        remedy = "a control makes no risk worse: rate anew, or name the hazard that it introduces"
        yield f"{hazard.id} residual", f"{before.rating} at the most, as at first", str(after.rating), remedy
    if (after.severity, after.likelihood) != (before.severity, before.likelihood) and not hazard.controls:
        yield (
            f"{hazard.id} control",
            "what lowers the risk",
            "nothing",
            "add a [[hazard.control]], or rate it as at first",
        )
