"""A tiny product that every rule is content with, and ways to spoil it; probes that saw what a test says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tabard.accreditation import CouldNot, PageSeen, PagesSeen, Report, Trial, Verdict, assess
from tabard.accreditation.advisories.model import AdvisorySet
from tabard.accreditation.probing.checked import Checked
from tabard.accreditation.probing.ports import WIDTHS, no_advisories, no_checkers, no_trial
from tabard.product import SBOM_NAME, Package, pack, parse_manifest, read_package, sbom_of

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
files = ["vendor/small.js"]
"""

HAZARDS = """
[not_applicable]
missing = "The list is one page and is never cut short."

[[hazard]]
id = "H1"
title = "Old list, or none"
cause = "The feed stops."
effect = "A patient is looked for in the wrong bed."
before = { severity = 4, likelihood = 3 }
after = { severity = 4, likelihood = 1 }
types = ["stale", "unavailable", "wrong-patient"]
[[hazard.control]]
owner = "maker"
text = "The list says how old it is."
where = "app.js, index.html"
[[hazard.control]]
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

FILES: Mapping[str, bytes] = {
    "tabard.toml": MANIFEST.encode(),
    "hazards.toml": HAZARDS.encode(),
    "index.html": PAGE.encode(),
    "app.css": b"body { color: #212b32; background: #ffffff; }\n",
    "app.js": b'document.getElementById("list").dataset.asks = "Encounter";\n',
    "vendor/small.js": b"export const small = 1;\n",
}


def tiny(files: Mapping[str, str | bytes | None] | None = None, manifest: Mapping[str, str] | None = None) -> Package:
    """The tiny product with these files in place of its own (None: without it), and texts of its manifest replaced."""
    changed = {name: raw.encode() if isinstance(raw, str) else raw for name, raw in (files or {}).items()}
    told = (changed.pop("tabard.toml", None) or FILES["tabard.toml"]).decode()
    for old, new in (manifest or {}).items():
        assert told.count(old) == 1, old
        told = told.replace(old, new)
    whole = {**FILES, "tabard.toml": told.encode(), **changed}
    kept = {name: raw for name, raw in whole.items() if raw is not None}
    if SBOM_NAME not in changed:
        kept[SBOM_NAME] = sbom_of(parse_manifest(kept["tabard.toml"], kept), kept)
    return read_package(pack(kept))


def with_files(package: Package, files: Mapping[str, bytes]) -> Package:
    """The package as if its reader had let these files through too."""
    return replace(package, files={**package.files, **files})


@dataclass
class Saw:
    """Probes that saw every page alike: `seen` but for its path and width."""

    seen: PageSeen = field(default_factory=lambda: PageSeen("", 0))
    could_not: CouldNot | None = None

    def pages(self, package: Package) -> PagesSeen | CouldNot:
        """Every html page of the package, wide and narrow."""
        names = [name for name in package.files if name.endswith(".html")]
        pages = tuple(replace(self.seen, path=name, width=width) for name in names for width in WIDTHS)
        return self.could_not or PagesSeen(pages, (("axe-core", "a digest"), ("chromium", "1.0")))

    def trial(self, package: Package) -> Trial | CouldNot:
        """What a day at the pretend hospital told."""
        return no_trial(package)

    def checked(self, package: Package) -> Checked | CouldNot:
        """What the checkers said."""
        return no_checkers(package)

    def advisories(self) -> AdvisorySet | CouldNot:
        """What is known."""
        return no_advisories()


def report_of(package: Package, probes: Saw | None = None) -> Report:
    """The report of every rule."""
    return assess(package, probes or Saw())


def failing(package: Package, probes: Saw | None = None) -> dict[str, list[str]]:
    """Rules that fail, each with the places where."""
    told: dict[str, list[str]] = {}
    for one in report_of(package, probes).findings:
        if one.verdict is not Verdict.passed:
            told.setdefault(one.rule, []).append(f"{one.verdict} {one.place}")
    return told


def got_of(package: Package, rule: str, probes: Saw | None = None) -> str:
    """What a rule got, all its findings in one text."""
    return "\n".join(f"{one.expected} | {one.got}" for one in report_of(package, probes).findings if one.rule == rule)
