"""No risk rated 4 or 5 remains, and one rated 3 remains only where somebody bears it and says why it cannot be reduced further.

Source: DCB0129 4.2, 5.1.2, 6.1.5 and 6.4.1 (evaluation; all risks considered and accepted).
"""

from collections.abc import Iterator

from tabard.accreditation.found import not_assessed, sha256
from tabard.accreditation.hazards.model import Hazard
from tabard.accreditation.hazards.scheme import MUST_FALL, NEEDS_REASON, RATINGS
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.papers import Wrong, is_draft, judged, log_of, no_log

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/5.1.2", "dcb0129-4.2/6.1.5", "dcb0129-4.2/6.4.1")

_FEWEST_WORDS = 5


def check(subject: Subject) -> Iterator[Found]:
    """Look at what remains of every hazard."""
    package = subject.package
    log = log_of(package)
    if log is None:
        yield no_log(package)
        return
    wrong = [each for one in log.hazards for each in _wrong_with(one)]
    unborne = [one.id for one in log.hazards if one.is_unborne]
    if unborne and not wrong and is_draft(package):
        expected, reason = "who bears what remains at 3", f"{', '.join(unborne)}: nobody yet, as the log says itself"
        remedy = "a clinical safety officer must judge it: not for use with real patients"
        name = package.manifest.hazards
        yield not_assessed(f"{name} acceptance", expected, reason, remedy, sha256(package.files[name]))
        return
    wrong += [] if is_draft(package) else [_unborne(one) for one in unborne]
    worst = max(one.residual.rating for one in log.hazards)
    yield from judged(package, package.manifest.hazards, wrong, f"the worst that remains is rated {worst}")


def _unborne(id_: str) -> Wrong:
    return f"{id_} acceptance.by", "somebody who bears it", "nobody", "have it judged, and name who bears it"


def _wrong_with(hazard: Hazard) -> Iterator[Wrong]:
    after = hazard.residual.rating
    if after >= MUST_FALL:
        remedy = "control it further, or leave out what causes it"
        yield f"{hazard.id} residual", "3 at the most", f"{after}: {RATINGS[after]}", remedy
    elif after == NEEDS_REASON and len(hazard.reason.split()) < _FEWEST_WORDS:
        remedy = "add [hazard.acceptance] with by, role, reason and at"
        yield (
            f"{hazard.id} acceptance",
            "who bears it, and why it cannot be reduced further",
            hazard.reason or "nothing",
            remedy,
        )
