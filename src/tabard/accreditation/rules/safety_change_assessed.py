"""A product that changed since the version before says in its safety case what changed, and what that means for the risks.

Of a first issue there is nothing to assess; where the log supersedes another and none was given, a person must.
Source: DCB0129 4.2, 7.3.1 to 7.3.3 (a modification is assessed, and a new report made where a risk changes).
"""

from collections.abc import Iterator

from tabard.accreditation.found import not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.model import CASE, SafetyCase
from tabard.accreditation.safety.papers import Wrong, case_of, judged, log_of, no_case
from tabard.accreditation.safety.sealing import configuration
from tabard.product import Package

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/7.3.1", "dcb0129-4.2/7.3.2", "dcb0129-4.2/7.3.3")

_FEWEST_WORDS = 5


def check(subject: Subject) -> Iterator[Found]:
    """Hold product and report against those before."""
    package, before = subject.package, subject.before
    case = case_of(package)
    if case is None:
        yield no_case(package)
    elif before is None:
        yield _alone(package, case)
    else:
        told = f"what changed since {before.manifest.version} is told"
        yield from judged(package, CASE, _wrong(package, before, case), told, package.manifest.hazards, before=before)


def _alone(package: Package, case: SafetyCase) -> Found:
    log, digest = log_of(package), sha256(package.files[CASE])
    if log and log.supersedes:
        remedy = "run it again with `--before PACKAGE`, or have a person compare the two versions"
        return not_assessed(CASE, "the version before, to hold this one against", "it was not given", remedy, digest)
    return passed(CASE, f"the first issue of this log and report: {case.product} {case.version}", digest)


def _wrong(package: Package, before: Package, case: SafetyCase) -> Iterator[Wrong]:
    is_changed = configuration(package.manifest, package.files) != configuration(before.manifest, before.files)
    earlier = case_of(before)
    told = {one.words for one in earlier.changes} if earlier else set()
    version = package.manifest.version
    said = [one.words for one in case.changes if one.version == version and one.words not in told]
    if is_changed and not any(len(words.split()) >= _FEWEST_WORDS for words in said):
        remedy = (
            f'add a [[change]] with version = "{version}" and, in five words or more, what changed and what it means'
        )
        yield (
            f"change {version}",
            f"what changed since {before.manifest.version}, and what it means for the risks",
            "nothing new",
            remedy,
        )
