"""Every component of other people's in the product was assessed for clinical risk, and the safety case says how.

Source: DCB0129 4.2, 2.5.1 and 2.5.2 (third-party products are assessed, and reported in the safety case report).
"""

from collections.abc import Iterator

from tabard.accreditation.found import not_applicable, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.model import CASE, SafetyCase
from tabard.accreditation.safety.papers import Wrong, case_of, judged, log_of, no_case
from tabard.product import FILE_NAME, Manifest

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/2.5.1", "dcb0129-4.2/2.5.2")

_FEWEST_WORDS = 5


def check(subject: Subject) -> Iterator[Found]:
    """Hold the report against the components that the manifest names."""
    package = subject.package
    case, components = case_of(package), package.manifest.components
    if not components:
        yield not_applicable(FILE_NAME, "nobody else's component is in it", sha256(package.files[FILE_NAME]))
    elif case is None:
        yield no_case(package)
    else:
        log = log_of(package)
        known = {one.id for one in log.hazards} if log else set()
        yield from judged(
            package, CASE, _wrong(case, package.manifest, known), f"{len(components)} components assessed", FILE_NAME
        )


def _wrong(case: SafetyCase, manifest: Manifest, known: set[str]) -> Iterator[Wrong]:
    told = {each for one in case.third_party for each in one.components}
    for one in manifest.components:
        if not told & {one.purl, one.purl.rpartition("@")[0]}:
            remedy = "add it to `components` of a [[third_party]] that says how it was assessed"
            yield f"third_party {one.purl}", "how this component was assessed for clinical risk", "nothing", remedy
    for at, each in enumerate(case.third_party):
        if len(each.assessed.split()) < _FEWEST_WORDS:
            yield (
                f"third_party[{at}].assessed",
                "how it was assessed, in five words or more",
                each.assessed,
                "say what was looked at",
            )
        for id_ in each.hazards:
            if known and id_ not in known:
                yield f"third_party[{at}].hazards", "hazards of the log", id_, "name the hazard by its id"
