"""In its day at the pretend hospital a part said what was old, missing, refused or gone, kept patients apart, and carried out nothing that a record holds.

Source: DCB0129 4.2, 4.3.1 and 6.3.2 (known hazards tried, controls seen to work); DTAC 2.0, C1.2.4.
"""

from collections.abc import Iterator

from tabard.accreditation.found import failed, passed
from tabard.accreditation.judging.days import TRIAL, each_part
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.recording import Fared, PartTried, Scene, Trial

FAMILY = Family.behaviour
CRITERIA = (
    "tabard/freshness-shown",
    "tabard/missing-told",
    "tabard/failure-told",
    "tabard/expiry-borne",
    "tabard/patient-kept",
    "tabard/hostile-data",
    "dcb0129-4.2/6.3.2",
)

_EXPECTED = "what is wrong is said, and nothing is shown as though all were well"
_NEVER = {
    Fared.old: "it showed what is another patient's, or no longer holds, as though it were of now",
    Fared.ran: "it carried out a script that stood in a name",
    Fared.hammered: "it asked again and again without a pause",
    Fared.failed: "it broke, or did not answer in its time",
}
_MUST_TELL = frozenset({"refused", "away", "never", "missing", "stale", "lost", "revoked"})
"""Scenes in which an app that says nothing leaves staff to believe that all is well. A service may rightly have no advice."""


def check(subject: Subject) -> Iterator[Found]:
    """Judge every scene that was played with each part, and every scenario that it ships."""
    return each_part(subject, _EXPECTED, _judged)


def _judged(place: str, part: PartTried, trial: Trial) -> Iterator[Found]:
    faults = [
        (scene.name, _EXPECTED, got, "see docs/look-up/trial.md")
        for scene in part.scenes
        if (got := _fault(part, scene))
    ]
    faults += [
        (f"{one.file} {one.step}", one.expected, one.got, "mend the product, or the scenario")
        for one in part.scenarios
        if not one.has_passed
    ]
    for name, expected, got, remedy in faults:
        yield failed(f"{place} {name}", expected, got, remedy, trial.sha256, measured=trial.measured)
    if not faults:
        told = f"{TRIAL}: {len(part.scenes)} scenes and {len(part.scenarios)} scenarios"
        yield passed(place, told, trial.sha256, measured=trial.measured)


def _fault(part: PartTried, scene: Scene) -> str:
    words = _NEVER.get(scene.did, "")
    if scene.did is Fared.silent and part.kind == "app" and scene.name in _MUST_TELL:
        words = "it said nothing of it"
    return f"{words} ({scene.saw})" if words and scene.saw else words
