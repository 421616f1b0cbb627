"""Papers for small products of tests: a safety case for a log, and a pretend officer's signature over both."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tabard.accreditation import RULES, BadHazardLog, CouldNot, Owner, Subject, Verdict, read_hazard_log
from tabard.accreditation.model import Family
from tabard.accreditation.safety.model import APPROVAL, CASE
from tabard.accreditation.safety.sealing import sealed, signed_papers
from tabard.demo.officer import unsafe_key
from tabard.ground.keys import SigningKey
from tabard.product import SBOM_NAME, Manifest, Package, SafetyOfficer, pack, parse_manifest, read_package, sbom_of

APPROVED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

CASE_TEXT = """
product = "{id}"
version = ""
issue = 1
phase = "deployment"
hazard_log_sha256 = ""
configuration_sha256 = ""
scope = "One page, and what it reads."
intended_use = \"\"\"
{intended_use}\"\"\"
risk_management = "By the plan of the tests."
tests = "It was looked at."
transferred = {transferred}
conclusion = "It may be used in tests."

[officer]
name = "{name}"
profession = "doctor"
register = "{register}"
number = "{number}"
checked_at = 2026-01-05
checked_by = "Somebody Else"
expires = 2026-12-31
competence = ["a course"]

[[third_party]]
components = {components}
assessed = "It was read whole and does one thing."
"""


def with_papers(
    files: Mapping[str, bytes], case: str | None = None, key: SigningKey | None = None, at: datetime = APPROVED
) -> dict[str, bytes]:
    """The files with a safety case of them, sealed, and the officer's signature: without the latter where the log cannot be read."""
    manifest = parse_manifest(files["tabard.toml"], files)
    text = case or case_text(manifest, files)
    try:
        told = signed_papers(manifest, {**files, CASE: text.encode()}, key or unsafe_key(), at)
    except BadHazardLog:
        told = {CASE: sealed(text, manifest, files).encode()}
    return {**files, **told}


def papers_of(package: Package, case: str | None = None, **more: Any) -> Package:
    """The package with papers made anew: the case as given, sealed and signed, and the bill of materials."""
    kept = {name: raw for name, raw in package.files.items() if name not in (CASE, APPROVAL, SBOM_NAME)}
    made = with_papers(kept, case, **more)
    made[SBOM_NAME] = sbom_of(parse_manifest(made["tabard.toml"], made), made)
    return read_package(pack(made))


def case_text(manifest: Manifest, files: Mapping[str, bytes]) -> str:
    """A safety case for this manifest and its log, not sealed yet."""
    officer = manifest.safety_officer or SafetyOfficer("Dr Ada Pretend", "GMC", "9999001")
    return CASE_TEXT.format(
        id=manifest.id,
        intended_use=manifest.intended_use or "In tests.",
        transferred=_transferred(files.get(manifest.hazards, b"")),
        name=officer.name,
        register=officer.register,
        number=officer.number,
        components=[one.purl for one in manifest.components],
    )


def _transferred(log: bytes) -> list[str]:
    try:
        hazards = read_hazard_log(log).hazards
    except BadHazardLog:
        return []
    return [each.id for one in hazards for each in one.controls if each.owner is not Owner.manufacturer]


def found_of(package: Package, before: Package | None = None) -> list[tuple[str, Verdict, str]]:
    """What every rule of clinical safety says of a package: rule, verdict and place."""
    subject = Subject(package, CouldNot("no browser", "none"), before=before)
    rules = [rule for rule in RULES if rule.family is Family.safety]
    return [(rule.id, one.verdict, one.place) for rule in rules for one in rule.check(subject)]


def fails(package: Package, before: Package | None = None) -> dict[str, list[str]]:
    """The rules of clinical safety that fail, each with the places where."""
    return _places(package, before, Verdict.failed)


def not_assessed(package: Package, before: Package | None = None) -> dict[str, list[str]]:
    """Those that could not assess."""
    return _places(package, before, Verdict.not_assessed)


def _places(package: Package, before: Package | None, wanted: Verdict) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for rule, verdict, place in found_of(package, before):
        if verdict is wanted:
            told.setdefault(rule, []).append(place)
    return told
