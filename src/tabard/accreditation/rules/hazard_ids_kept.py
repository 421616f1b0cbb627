"""No two hazards or controls share an id, and none of the version before was taken out, renumbered or given to another.

A first issue has no version before. An issue that supersedes one is held against the package before, where that was given.
Source: DCB0129 4.2, 3.3.1 and 7.3.4 (the log is kept up; an audit trail of all versions).
"""

from collections import Counter
from collections.abc import Iterator

from tabard.accreditation.found import not_assessed, sha256
from tabard.accreditation.hazards.differing import differences
from tabard.accreditation.hazards.model import HazardLog
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.papers import Wrong, judged, log_of, no_log
from tabard.product import Package

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/3.3.1", "dcb0129-4.2/7.3.4")


def check(subject: Subject) -> Iterator[Found]:
    """Look for ids used twice, and for what went since the version before."""
    package, before = subject.package, subject.before
    log, name = log_of(package), package.manifest.hazards
    if log is None:
        yield no_log(package)
        return
    wrong = [*_used_twice(log)]
    if before is None and log.supersedes and not wrong:
        remedy = "run it again with `--before PACKAGE`, or have a person compare the two logs"
        expected, got = "the version before, to hold this log against", "it was not given"
        yield not_assessed(f"{name} supersedes", expected, got, remedy, sha256(package.files[name]))
        return
    wrong += _gone(log, before) if before else ()
    yield from judged(package, name, wrong, _told(log, before), before=before)


def _used_twice(log: HazardLog) -> Iterator[Wrong]:
    ids = Counter([*(one.id for one in log.hazards), *(each.id for one in log.hazards for each in one.controls)])
    for id_, times in ids.items():
        if times > 1:
            yield (
                id_,
                "an id of its own for each hazard and each control",
                f"{times} of this id",
                "give the newer one an id never used",
            )


def _gone(log: HazardLog, before: Package) -> Iterator[Wrong]:
    """What the log before has and this one has not; a log before that cannot be read says nothing."""
    raw, old = before.files.get(before.manifest.hazards, b""), log_of(before)
    if old is None:
        return
    changed = differences(old, log)
    digest = sha256(raw)
    if changed.is_any and log.supersedes != digest:
        yield "supersedes", digest, log.supersedes or "nothing", "name the issue before by its SHA-256"
    if changed.is_any and log.issue <= old.issue:
        yield "issue", f"more than {old.issue}", str(log.issue), "count issues up"
    for id_ in changed.removed:
        yield (
            id_,
            "the hazard still in the log, as closed or deprecated",
            "no such hazard",
            "put it back; an id is for ever",
        )
    for one in changed.renamed:
        remedy = "give the new hazard an id never used, and leave the old one under its own"
        yield one.id, f"“{one.before}”, or its renaming told under [[hazard.history]]", f"“{one.after}”", remedy


def _told(log: HazardLog, before: Package | None) -> str:
    against = f"held against {before.manifest.version}" if before else "the first issue"
    return f"{len(log.hazards)} hazards by ids of their own; {against}"
