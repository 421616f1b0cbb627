"""What other people's code in the package does that the maker's own may not is seen by a person, once for each component.

Its maker cannot mend it, and a name and a version prove nothing of what it holds. Wheels are known by the hashes of their lock.
Source: DCB0129 4.2, 2.5.1 (third-party products); OWASP ASVS 5.0, 15.2.1.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS, kind_of
from tabard.accreditation.found import not_applicable, not_assessed, passed, sha256
from tabard.accreditation.judging.topics import CODE, topic_of
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.checked import Checked
from tabard.accreditation.probing.ports import CouldNot
from tabard.product import FILE_NAME, Component

FAMILY = Family.code
CRITERIA = ("dcb0129-4.2/2.5.1", "asvs-5.0/15.2.1")

_EXPECTED = "a component that does what it is for, and is what it says it is"
_REMEDY = "have a person compare it with what its maker published, and judge what it does"
_MOST = 6


def check(subject: Subject) -> Iterator[Found]:
    """Tell, for each component, which topics the checkers saw in its files."""
    package, checked = subject.package, subject.checked
    whole = [(at, one) for at, one in enumerate(package.manifest.components) if _code(one)]
    if not whole:
        yield not_applicable("package", "no code of others but what is in wheels", package.sha256)
    elif isinstance(checked, CouldNot):
        yield not_assessed(CODE, _EXPECTED, checked.reason, checked.remedy, package.sha256)
    else:
        for at, one in whole:
            yield _told(subject, checked, f"{FILE_NAME} component[{at}]", one)


def _told(subject: Subject, checked: Checked, place: str, component: Component) -> Found:
    names = _code(component)
    spots = [each for run in checked.runs for each in run.spotted if each.file in names]
    seen = sorted({str(topic) for each in spots if (topic := topic_of(each))})
    missed = sorted({f"not read by {run.tool}" for run in checked.runs if set(run.missed) & set(names) or run.fault})
    digests = (checked.sha256, *(sha256(subject.package.files[name]) for name in names))
    if seen or missed:
        got = f"{component.name} {component.version}: {', '.join([*seen, *missed][:_MOST])}"
        return not_assessed(place, _EXPECTED, got, _REMEDY, *digests)
    return passed(place, f"{len(names)} files of {component.name}, in which nothing was seen", *digests)


def _code(component: Component) -> tuple[str, ...]:
    return tuple(name for name in component.files if kind_of(name) in SERVERS | SCRIPTS)
