"""A tiny product that every rule is content with, and ways to spoil it; probes that saw what a test says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tabard.accreditation import (
    RULES,
    CouldNot,
    Fared,
    PageSeen,
    PagesSeen,
    PartTried,
    Report,
    Scene,
    Subject,
    Trial,
    Verdict,
    Wrote,
    assess,
)
from tabard.accreditation.advisories.model import AdvisorySet
from tabard.accreditation.found import not_applicable
from tabard.accreditation.model import Found, Tell
from tabard.accreditation.probing.checked import Checked, Spotted, ToolRun
from tabard.accreditation.probing.ports import WIDTHS, Walked, no_browser
from tabard.accreditation.safety.exposures import exposures
from tabard.accreditation.safety.model import APPROVAL, CASE
from tabard.fhir.scopes import parse
from tabard.product import SBOM_NAME, Manifest, Package, pack, parse_manifest, read_package, sbom_of
from unit.accreditation.safe import with_papers

MANIFEST = """
id = "tiny"
name = "Tiny"
version = "1.0.0"
publisher = "RZZ"
summary = "Who is on the ward."
licence = "MIT"
intended_use = "Nurses see who is on the ward. It is for no decision on treatment."

[safety_officer]
name = "Dr Ada Pretend"
register = "GMC"
number = "9999001"

[declared]
device = "none"
because = "It shows what is recorded, and works nothing out."
care = ["ward"]
users = ["staff"]

[[part]]
kind = "app"
title = "Tiny"
launch = "index.html"
start = "index.html"
context = "ward"
scopes = ["launch", "user/Encounter.rs"]

[[component]]
name = "small"
version = "2.0.0"
licence = "Apache-2.0"
purl = "pkg:npm/small@2.0.0"
files = ["vendor/small.js", "vendor/small.LICENSE"]
"""

HAZARDS = """
product = "tiny"
version = "1.0.0"
issue = 1
phase = "deployment"
approved_by = "Dr Ada Pretend"

[[not_applicable]]
type = "missing"
reason = "The list is one page and is never cut short."

[[hazard]]
id = "H1"
title = "Old list, or none"
causes = ["The feed stops."]
effect = "A patient is looked for in the wrong bed."
harm = "Care is late."
care_setting = "wards"
types = ["stale", "unavailable", "wrong-patient"]
initial = { severity = "major", likelihood = "medium", rating = 3, rationale = "Feeds stop." }
residual = { severity = "major", likelihood = "very low", rating = 2, rationale = "It is said." }
status = "controlled"
[[hazard.control]]
id = "H1.1"
kind = "design"
owner = "manufacturer"
text = "The list says how old it is."
implemented = ["app.js", "index.html"]
effective = ["app.js"]
[[hazard.control]]
id = "H1.2"
kind = "process"
owner = "deployer"
text = "Choose when a feed counts as silent."
"""

PAGE = """<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Tiny</title>
<link rel="stylesheet" href="app.css"><script type="module" src="app.js"></script></head>
<body><main><h1>Who is on the ward</h1><p id="list">Nobody yet.</p></main></body>
</html>
"""


def data_of(manifest: str) -> str:
    """A purpose for each type that the manifest's scopes open."""
    types = sorted(set(re.findall(r'"(?:patient|user|system)/([A-Z][A-Za-z]+)\.', manifest)))
    return "\n".join(f'[[data]]\ntype = "{one}"\npurpose = "It is shown on the page of the ward."\n' for one in types)


README = """# Tiny

Tiny shows nurses who is on their ward now, and in which bed. It reads visits as the record systems sent them, and says how
old they are. It is no identification of a patient and is for no decision on treatment; the record system stands.

## What it needs

A link to the record system that sends visits of the ward, and a screen on the ward with a browser of the last two years.

## When it does not work

The list says so in words and shows nobody. Staff look into the record system as they did before, and tell the service desk.

## Support

Write to tiny@rzz.nhs.uk; somebody reads it on working days from eight to six.
"""

TERMS = "Whoever is given this may use it, copy it and hand it on with these words. " * 4

FILES: Mapping[str, bytes] = {
    "tabard.toml": MANIFEST.encode(),
    "hazards.toml": HAZARDS.encode(),
    "index.html": PAGE.encode(),
    "app.css": b"body { color: #212b32; background: #ffffff; }\n",
    "app.js": b'document.getElementById("list").dataset.asks = "Encounter";\n',
    "vendor/small.js": b"export const small = 1;\n",
    "vendor/small.LICENSE": TERMS.encode(),
    "README.md": README.encode(),
}


def tiny(files: Mapping[str, str | bytes | None] | None = None, manifest: Mapping[str, str] | None = None) -> Package:
    """The tiny product with these files in place of its own (None: without it), and texts of its manifest replaced."""
    changed = {name: raw.encode() if isinstance(raw, str) else raw for name, raw in (files or {}).items()}
    told = (changed.pop("tabard.toml", None) or FILES["tabard.toml"]).decode()
    for old, new in (manifest or {}).items():
        assert told.count(old) == 1, old
        told = told.replace(old, new)
    whole = {**FILES, "tabard.toml": told.encode(), "data.toml": data_of(told).encode(), **changed}
    kept = {name: raw for name, raw in whole.items() if raw is not None}
    if "hazards.toml" not in changed:
        kept["hazards.toml"] = covering(parse_manifest(kept["tabard.toml"], kept))
    if not {CASE, APPROVAL} & changed.keys():
        kept = with_papers(kept)
    if SBOM_NAME not in changed:
        kept[SBOM_NAME] = sbom_of(parse_manifest(kept["tabard.toml"], kept), kept)
    return read_package(pack(kept))


def covering(manifest: Manifest) -> bytes:
    """The log, of this version and of all that the manifest says that the product shows and writes."""
    names = [one.name for one in exposures(manifest)]
    covers = f"covers = {names}\n" if any(one.is_write for one in exposures(manifest)) else ""
    log = HAZARDS.replace("status =", f"{covers}status =").replace("reason =", f"{covers}reason =")
    return log.replace('version = "1.0.0"', f'version = "{manifest.version}"').encode()


def with_files(package: Package, files: Mapping[str, bytes]) -> Package:
    """The package as if its reader had let these files through too."""
    return replace(package, files={**package.files, **files})


KNOWN = AdvisorySet(datetime(2026, 3, 1, tzinfo=UTC), "a" * 64, ("PyPI", "npm"), ())
"""Advisories of a day, in which nothing is known of anybody."""


def read_all(files: Mapping[str, bytes], *spots: Spotted) -> Checked:
    """The checkers as if they had read every file of their kinds, and found `spots` there and nothing else."""
    kinds = {"bandit": (".py",), "ruff": (".py",), "semgrep": (".py", ".js", ".mjs")}
    runs = []
    for tool, ends in kinds.items():
        its = tuple(sorted(name for name in files if name.endswith(ends)))
        runs.append(ToolRun(tool, "1.0", its, its, (), tuple(one for one in spots if one.tool == tool)))
    return Checked(tuple(runs), (("semgrep", "2.00 s"),))


def lived(package: Package) -> Trial:
    """A day in which every part used all that it asks for, and nothing went wrong."""
    told = []
    for at, part in enumerate(package.manifest.parts):
        scopes = parse(" ".join(part.scopes)).resources
        used = tuple(sorted(f"{one.level}/{one.type}.{letter}" for one in scopes for letter in one.letters))
        wrote = tuple(Wrote(one.type, was_taken=True) for one in scopes if set(one.letters) & set("cud"))
        scenes = (Scene("opened", Fared.worked), Scene("stale", Fared.told))
        told.append(PartTried(at, part.title, part.kind.value, part.scopes, used, wrote=wrote, scenes=scenes))
    return Trial(tuple(told), (("tabard", "1.0"),), ("lorenzo",), (("took", "1 s"),))


@dataclass
class Saw:
    """Probes that saw every page alike: `seen` but for its path and width. All else was as good as can be."""

    seen: PageSeen = field(default_factory=lambda: PageSeen("", 0, walked=Walked()))
    could_not: CouldNot | None = None
    spots: tuple[Spotted, ...] = ()
    code: Checked | CouldNot | None = None
    day: Trial | CouldNot | None = None
    known: AdvisorySet | CouldNot = KNOWN

    def pages(self, package: Package) -> PagesSeen | CouldNot:
        """Every html page of the package, wide and narrow."""
        names = [name for name in package.files if name.endswith(".html")]
        walked = self.seen.walked or Walked()
        pages = tuple(replace(self.seen, path=name, width=width, walked=walked) for name in names for width in WIDTHS)
        return self.could_not or PagesSeen(pages, (("axe-core", "a digest"), ("chromium", "1.0")))

    def trial(self, package: Package) -> Trial | CouldNot:
        """What a day at the pretend hospital told."""
        return self.day or lived(package)

    def checked(self, package: Package) -> Checked | CouldNot:
        """What the checkers said."""
        return self.code or read_all(package.files, *self.spots)

    def advisories(self) -> AdvisorySet | CouldNot:
        """What is known."""
        return self.known


def report_of(package: Package, probes: Saw | None = None) -> Report:
    """The report of every rule."""
    return assess(package, probes or Saw())


def failing(package: Package, probes: Saw | None = None) -> dict[str, list[str]]:
    """Rules that hold something up, each with the places where."""
    told: dict[str, list[str]] = {}
    for one in report_of(package, probes).findings:
        if one.verdict not in (Verdict.passed, Verdict.not_applicable):
            told.setdefault(one.rule, []).append(f"{one.verdict} {one.place}")
    return told


def got_of(package: Package, rule: str, probes: Saw | None = None) -> str:
    """What a rule got, all its findings in one text."""
    return "\n".join(f"{one.expected} | {one.got}" for one in report_of(package, probes).findings if one.rule == rule)


def two_left(package: Package, tell: Tell = lambda _: None) -> Report:
    """The report as it would be where all is well and there is no browser: two findings about pages are a person's.

    The walk by the keyboard is left out, so that tests of what people do need not speak of three.
    """
    rules = tuple(replace(one, check=_unwalked) if one.id == "pages-by-keyboard" else one for one in RULES)
    return assess(package, Saw(could_not=no_browser(package)), tell, rules)


def _unwalked(subject: Subject) -> list[Found]:
    return [not_applicable("package", "nobody walks here", subject.package.sha256)]
