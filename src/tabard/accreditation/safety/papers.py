"""The papers of a package as rules take them up: its hazard log, its safety case report and the officer's word, each read once."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from tabard.accreditation.errors import BadHazardLog, BadSafetyCase
from tabard.accreditation.found import failed, not_assessed, passed, sha256
from tabard.accreditation.hazards.model import HazardLog, Phase
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.accreditation.model import Found
from tabard.accreditation.safety.model import APPROVAL, CASE, SafetyCase
from tabard.accreditation.safety.reading import read_safety_case
from tabard.product import Package

Wrong = tuple[str, str, str, str]
"""Where in the file, what was expected, what stands there, what to do."""


def log_of(package: Package) -> HazardLog | None:
    """The package's hazard log; None where there is none, or none that can be read."""
    return _log(package.files.get(package.manifest.hazards, b""))


def case_of(package: Package) -> SafetyCase | None:
    """The package's safety case report; None where there is none, or none that can be read."""
    return _case(package.files.get(CASE, b""))


def is_draft(package: Package) -> bool:
    """Whether the papers say themselves that nobody approved them, in development, and nobody did."""
    log = log_of(package)
    is_early = log is not None and log.phase is Phase.development and log.is_unapproved
    return is_early and APPROVAL not in package.files


def no_log(package: Package) -> Found:
    """A rule could not judge: another says what is wrong with the log."""
    name = package.manifest.hazards
    return _unread(package, name, "a hazard log that can be read", "hazard-log-readable says what is wrong with it")


def no_case(package: Package) -> Found:
    """A rule could not judge: another says what is wrong with the report."""
    return _unread(package, CASE, "a safety case that can be read", "safety-case-readable says what is wrong with it")


def unsealed(package: Package) -> Found:
    """A draft that was never sealed names no digests yet."""
    expected, reason = (
        "the digests that an approval puts in",
        "nobody has approved it yet: not for use with real patients",
    )
    remedy = "have the officer approve it: `tabard product hazards approve DIR --key FILE`"
    return not_assessed(CASE, expected, reason, remedy, sha256(package.files[CASE]))


def judged(
    package: Package, name: str, wrong: Iterable[Wrong], got: str, *others: str, before: Package | None = None
) -> Iterator[Found]:
    """A fail for each thing that is wrong with the file `name`, else a pass; `others` and `before` were looked at as well."""
    looked_at = tuple(sha256(package.files[each]) for each in (name, *others) if each in package.files)
    looked_at += (before.sha256,) if before else ()
    is_well = True
    for key, expected, stands, remedy in wrong:
        is_well = False
        yield failed(f"{name} {key}".strip(), expected, stands, remedy, *looked_at)
    if is_well:
        yield passed(name, got, *looked_at)


def holds(package: Package, name: str) -> bool:
    """Whether the package has that file, or a folder of that name with a file in it."""
    return name in package.files or any(one.startswith(f"{name.rstrip('/')}/") for one in package.files)


def _unread(package: Package, name: str, expected: str, reason: str) -> Found:
    looked_at = (sha256(package.files[name]),) if name in package.files else ()
    return not_assessed(name, expected, reason, "mend that first", *looked_at)


@lru_cache(maxsize=8)
def _log(raw: bytes) -> HazardLog | None:
    try:
        return read_hazard_log(raw)
    except BadHazardLog:
        return None


@lru_cache(maxsize=8)
def _case(raw: bytes) -> SafetyCase | None:
    try:
        return read_safety_case(raw)
    except BadSafetyCase:
        return None
