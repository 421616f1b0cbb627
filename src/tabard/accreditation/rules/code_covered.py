"""Every file of code was read, whole, by each checker that reads its kind: nothing ran is no pass, and a file that cannot be read is none.

Source: bandit 1.9, ruff and semgrep answer that all is well where they read nothing; OWASP ASVS 5.0, 15.1.3.
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS, component_files, kind_of
from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.judging.topics import CODE, PERSON
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.checked import Checked, ToolRun
from tabard.accreditation.probing.ports import CouldNot

FAMILY = Family.code
CRITERIA = ("tabard/static-security",)

_EXPECTED = "every file of code read whole"
_DECIDING = ("bandit", "ruff")
"""What these cannot read is no Python; the third reads on where it stumbles, over sound code of late years too."""


def check(subject: Subject) -> Iterator[Found]:
    """Hold what each checker proves to have read against the files of its kinds."""
    package = subject.package
    others = component_files(package)
    own = {name for name in package.files if kind_of(name) in SERVERS | SCRIPTS and name not in others}
    if not own:
        yield not_applicable("package", "the product has no code of its own", package.sha256)
    elif isinstance(subject.checked, CouldNot):
        yield not_assessed(CODE, _EXPECTED, subject.checked.reason, subject.checked.remedy, package.sha256)
    else:
        yield from _held(subject, subject.checked, own)


def _held(subject: Subject, checked: Checked, own: set[str]) -> Iterator[Found]:
    seen = checked.sha256
    faults = [found for run in checked.runs for found in _of(subject, run, own, seen)]
    never = own - {name for run in checked.runs for name in run.owed}
    faults += [not_assessed(name, _EXPECTED, "no checker was given it", PERSON, seen) for name in sorted(never)]
    yield from faults
    if not faults:
        told = "; ".join(
            f"{run.tool} {len(own & set(run.covered))} of {len(own & set(run.owed))}" for run in checked.runs
        )
        yield passed(
            "package", told, seen, *(sha256(subject.package.files[name]) for name in own), measured=checked.measured
        )


def _of(subject: Subject, run: ToolRun, own: set[str], seen: str) -> Iterator[Found]:
    if run.fault and own & set(run.owed):
        yield not_assessed(CODE, _EXPECTED, f"{run.tool}: {run.fault}", PERSON, seen)
        return
    why = {one.file: one.says for one in run.unread}
    for name in run.missed:
        if name in own:
            got = f"{run.tool}: {why.get(name, 'it does not say that it read it')}"
            looked_at = (sha256(subject.package.files[name]), seen)
            if run.tool in _DECIDING and name in why and not why[name].startswith("more than"):
                yield failed(name, "Python that can be read", got, "mend its syntax", *looked_at)
            else:
                yield not_assessed(name, _EXPECTED, got, PERSON, *looked_at)
