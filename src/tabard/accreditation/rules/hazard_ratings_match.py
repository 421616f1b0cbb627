"""Each rating in the hazard log is the one that the risk scheme's table gives, and the scheme is the known one or harder.

A scheme of the maker's own is left to a clinical safety reviewer; one that is softer in any cell than the known one fails.
Source: DCB0129 4.2, 4.4.1 (estimation by the criteria of the plan); DTAC 2.0 prescribes no scheme.
"""

from collections.abc import Iterator

from tabard.accreditation.found import not_assessed, sha256
from tabard.accreditation.hazards.model import Hazard, HazardLog
from tabard.accreditation.hazards.scheme import SCHEME
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.papers import Wrong, judged, log_of, no_log

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/4.4.1", "dcb0129-4.2/5.1.1")


def check(subject: Subject) -> Iterator[Found]:
    """Look every rating up."""
    package = subject.package
    log, name = log_of(package), package.manifest.hazards
    if log is None:
        yield no_log(package)
        return
    wrong = [*_softer(log), *(each for one in log.hazards for each in _misrated(one, log))]
    if not wrong and log.scheme != SCHEME:
        got = f"{log.scheme.id} {log.scheme.version}, which is nowhere softer than {SCHEME.id}"
        remedy = "have a clinical safety reviewer judge the scheme, or rate by the known one"
        yield not_assessed(f"{name} scheme", f"the scheme {SCHEME.id}", got, remedy, sha256(package.files[name]))
        return
    yield from judged(package, name, wrong, f"{2 * len(log.hazards)} ratings as {log.scheme.id} has them")


def _softer(log: HazardLog) -> Iterator[Wrong]:
    for severity, likelihood in log.scheme.softer_cells:
        expected = f"{SCHEME.rating(severity, likelihood)} or more for {severity.name}, {likelihood.words}"
        yield (
            "scheme.matrix",
            expected,
            str(log.scheme.rating(severity, likelihood)),
            "rate no risk lower than the known scheme does",
        )


def _misrated(hazard: Hazard, log: HazardLog) -> Iterator[Wrong]:
    for key, risk in (("initial", hazard.initial), ("residual", hazard.residual)):
        if risk.told != risk.rating:
            expected = f"{risk.rating}, as {log.scheme.id} has {risk.severity.name}, {risk.likelihood.words}"
            yield (
                f"{hazard.id} {key}.rating",
                expected,
                str(risk.told),
                "look the rating up in the table; it is never multiplied",
            )
