"""In its day at the pretend hospital a part reached for no host that is not asked for under `[[outside]]`.

Source: OWASP ASVS 5.0, 13.2.4; DTAC 2.0, C2.2.5.
"""

from collections.abc import Iterator

from tabard.accreditation.found import failed, passed
from tabard.accreditation.judging.days import TRIAL, each_part
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.recording import PartTried, Trial

FAMILY = Family.egress
CRITERIA = ("tabard/egress-declared", "asvs-5.0/13.2.4")

_EXPECTED = "hosts that are asked for, and no others"


def check(subject: Subject) -> Iterator[Found]:
    """Hold the hosts that were tried against those that are asked for."""
    asked = frozenset(one.host for one in subject.package.manifest.outside)

    def judged(place: str, part: PartTried, trial: Trial) -> Iterator[Found]:
        others = [host for host in part.hosts if host.removesuffix(":443") not in asked]
        for host in others:
            yield failed(
                f"{place} {host}",
                _EXPECTED,
                "it was reached for",
                "ask for it under [[outside]], or leave it out",
                trial.sha256,
            )
        if not others:
            yield passed(place, f"{TRIAL}: {', '.join(part.hosts) or 'nothing outside'}", trial.sha256)

    return each_part(subject, _EXPECTED, judged)
