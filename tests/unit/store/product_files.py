"""A small product that every rule is content with, for tests of the store."""

from pathlib import Path

from tabard.product import Package, build
from unit.accreditation.safe import with_papers

MANIFEST = """
id = "tiny"
name = "Tiny"
version = "{version}"
publisher = "{publisher}"
summary = "Shows a patient's name."
licence = "Apache-2.0"
intended_use = "Nurses read a name on a screen. Not for deciding anything."

[safety_officer]
name = "Dr Pat Doe"
register = "GMC"
number = "9999999"

[declared]
device = "none"
because = "It shows what is recorded, and works nothing out."
care = ["ward"]
users = ["staff"]

[[part]]
kind = "app"
title = "Tiny"
launch = "launch.html"
start = "index.html"
context = "patient"
scopes = [{scopes}]
"""
HAZARDS = """
product = "tiny"
version = "{version}"
issue = 1
phase = "deployment"
approved_by = "Dr Pat Doe"

[[not_applicable]]
type = "missing"
reason = "It shows one name and no list, so nothing can be missing from it."

[[hazard]]
id = "T1"
title = "A name that is another patient's"
causes = ["It was opened for another patient."]
effect = "Care meant for one is given to another."
harm = "A treatment is given to the wrong one."
care_setting = "wards"
types = ["wrong-patient", "stale", "unavailable"]
initial = {{ severity = "major", likelihood = "medium", rating = 3, rationale = "Names are alike." }}
residual = {{ severity = "major", likelihood = "very low", rating = 2, rationale = "The launch says who it is." }}
status = "controlled"
[[hazard.control]]
id = "T1.1"
kind = "design"
owner = "manufacturer"
text = "The name comes from the launch alone."
implemented = ["launch.js"]
effective = ["launch.js"]
[[hazard.control]]
id = "T1.2"
kind = "process"
owner = "deployer"
text = "Wristbands are checked as before."
"""
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Tiny</title>{script}</head>
<body><main><h1>Tiny</h1><p>{words}</p></main></body></html>
"""
README = """# Tiny

Tiny shows the name of the one patient for whom it was opened, as the record system sent it, and nothing besides. Nurses read
it on a screen. It is not for deciding anything; the record system and the wristband stand.

## What it needs

A link to the record system that sends who patients are, and a browser of the last two years on the ward.

## When it does not work

It shows no name and says so. Staff look into the record system, as they did before.

## Support

Write to tiny@rzz.nhs.uk.
"""
CHANGELOG = "# Changes\n\n## {version}\n\nA name is shown.\n"
SCOPES = ("launch", "patient/Patient.rs")


def folder_of(
    folder: Path,
    version: str = "1.0.0",
    publisher: str = "RZZ",
    words: str = "A name",
    scopes: tuple[str, ...] = SCOPES,
) -> Path:
    """The product's files in `folder`."""
    told = ", ".join(f'"{scope}"' for scope in scopes)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tabard.toml").write_text(MANIFEST.format(version=version, publisher=publisher, scopes=told))
    (folder / "hazards.toml").write_text(HAZARDS.format(version=version))
    (folder / "README.md").write_text(README)
    (folder / "CHANGELOG.md").write_text(CHANGELOG.format(version=version))
    (folder / "data.toml").write_text("".join(_purpose(scope) for scope in scopes if "/" in scope))
    (folder / "index.html").write_text(PAGE.format(script="", words=words))
    (folder / "launch.html").write_text(PAGE.format(script='<script src="launch.js"></script>', words="It opens."))
    (folder / "launch.js").write_text('"use strict";\nconst asked = "Patient";\n')
    return sign_papers(folder)


def sign_papers(folder: Path) -> Path:
    """Safety case and approval of what lies in `folder` now."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    files = {name: (folder / name).read_bytes() for name in names if not name.startswith("safety/")}
    (folder / "safety").mkdir(exist_ok=True)
    for name, raw in with_papers(files).items():
        (folder / name).write_bytes(raw)
    return folder


def _purpose(scope: str) -> str:
    kind = scope.partition("/")[2].partition(".")[0]
    return f'[[data]]\ntype = "{kind}"\npurpose = "It is shown on the page."\n'


def package(folder: Path, version: str = "1.0.0", publisher: str = "RZZ", words: str = "A name") -> Package:
    """The product's package."""
    return build(folder_of(folder / f"{publisher}-{version}-{len(words)}", version, publisher, words))
