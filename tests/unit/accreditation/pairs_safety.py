"""For each rule of clinical safety a tiny product that fails by it and by no other; some are held against the version before."""

import hashlib
from dataclasses import dataclass

from tabard.accreditation.safety.model import CASE
from tabard.ground.keys import new_signing_key
from tabard.product import SBOM_NAME, Package, pack, parse_manifest, read_package, sbom_of
from unit.accreditation.safe import case_text, papers_of
from unit.accreditation.tiny import HAZARDS, tiny

TEXT = case_text(tiny().manifest, tiny().files)
RESIDUAL = 'severity = "major", likelihood = "very low", rating = 2'
INITIAL = 'severity = "major", likelihood = "medium", rating = 3'
REMAINING = '\n[[remaining]]\nhazard = "H1"\nwords = "It is said above the list."\n'
CHANGE = '\n[[change]]\nversion = "1.1.0"\nwords = "The list is shorter; no risk is other than it was."\n'
CHANGELOG = "# Changes\n\n## 1.1.0\n\nThe list is shorter.\n"


@dataclass(frozen=True)
class SafetyPair:
    """A product that fails by one rule of clinical safety alone, and the version before it where there is one."""

    rule: str
    package: Package
    before: Package | None = None


def _log(old: str, new: str) -> Package:
    assert old in HAZARDS
    return papers_of(tiny({"hazards.toml": HAZARDS.replace(old, new, 1)}))


def _case(old: str, new: str) -> Package:
    assert old in TEXT
    return papers_of(tiny(), TEXT.replace(old, new, 1))


def again(package: Package, **files: bytes | None) -> Package:
    """The package with these papers as they are (None: without), and a bill of materials of them."""
    names = {"case": CASE, "approval": "safety/approval.json"}
    told = {**package.files, **{names[name]: raw for name, raw in files.items()}}
    kept = {name: raw for name, raw in told.items() if raw is not None and name != SBOM_NAME}
    kept[SBOM_NAME] = sbom_of(parse_manifest(kept["tabard.toml"], kept), kept)
    return read_package(pack(kept))


def following(case: str = TEXT + CHANGE, log: str = HAZARDS) -> dict[str, str]:
    """The files of version 1.1.0: another style, a log that supersedes the one before, and this case."""
    digest = hashlib.sha256(tiny().files["hazards.toml"]).hexdigest()
    told = log.replace('"1.0.0"', '"1.1.0"').replace("issue = 1", f'issue = 2\nsupersedes = "{digest}"')
    style = "body { color: #000000; background: #ffffff; }\n"
    return {
        "hazards.toml": told,
        "app.css": style,
        "CHANGELOG.md": CHANGELOG,
        "case": case.replace("issue = 1", "issue = 2"),
    }


def version_2(files: dict[str, str], **more: object) -> Package:
    """The package of these files."""
    case = files.pop("case")
    return papers_of(tiny(files, {'version = "1.0.0"': 'version = "1.1.0"'}), case, **more)


def _other_configuration() -> Package:
    """A file changed after the officer looked."""
    files = {**tiny().files, "app.css": b"body { color: #000000; background: #ffffff; }\n"}
    files[SBOM_NAME] = sbom_of(parse_manifest(files["tabard.toml"], files), files)
    return read_package(pack(files))


PAIRS = (
    SafetyPair("hazard-log-readable", tiny({"hazards.toml": HAZARDS.replace('product = "tiny"', 'product = "other"')})),
    SafetyPair("hazard-ratings-match", _log(RESIDUAL, RESIDUAL.replace("rating = 2", "rating = 1"))),
    SafetyPair("hazard-risk-lowered", _log(INITIAL, 'severity = "minor", likelihood = "low", rating = 1')),
    SafetyPair(
        "hazard-risk-borne", papers_of(tiny({"hazards.toml": HAZARDS.replace(RESIDUAL, INITIAL)}), TEXT + REMAINING)
    ),
    SafetyPair("hazard-controls-shown", _log('effective = ["app.js"]\n', "")),
    SafetyPair("hazard-kinds-told", _log('"unavailable", "wrong-patient"]', '"unavailable"]')),
    SafetyPair("hazard-ids-kept", _log('id = "H1.2"', 'id = "H1.1"')),
    SafetyPair(
        "hazard-references-whole", _log('effective = ["app.js"]', 'effective = ["app.js"]\nintroduces = ["H9"]')
    ),
    SafetyPair("safety-case-readable", _case("Nurses see who is on the ward.", "Doctors see all.")),
    SafetyPair("safety-case-of-this-log", _case("issue = 1", "issue = 2")),
    SafetyPair("safety-case-of-this-configuration", _other_configuration()),
    SafetyPair("safety-case-whole", _case("transferred = ['H1.2']", "transferred = []")),
    SafetyPair("safety-log-signed", again(tiny(), approval=None)),
    SafetyPair("safety-registration-in-date", _case("checked_at = 2026-01-05", "checked_at = 2025-02-01")),
    SafetyPair("safety-third-parties-covered", _case("pkg:npm/small@2.0.0", "pkg:npm/other@2.0.0")),
    SafetyPair("safety-change-assessed", version_2(following(TEXT)), tiny()),
    SafetyPair("safety-officer-kept", version_2(following(), key=new_signing_key()), tiny()),
)
