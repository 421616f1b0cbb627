"""For each rule a tiny product that fails for it alone; the one that passes is the tiny product itself, or one beside it.

Those that a checker must find are read by the real checkers, where they are: all in one breath, under names of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tabard.accreditation import Fared, PageSeen, Scene, Wrote
from tabard.accreditation.advisories.model import Advisory, Range
from tabard.accreditation.probing.ports import Hit, Walked
from tabard.product import Package
from unit.accreditation.tiny import FILES, HAZARDS, KNOWN, README, Saw, lived, tiny

PART = """
[[part]]
kind = "app"
title = "Tiny"
launch = "index.html"
start = "index.html"
context = "ward"
scopes = ["launch", "user/Encounter.rs"]
"""
HOOK = """
[server]
module = "service"
timeout_s = 3

[[part]]
kind = "hook"
id = "tiny-advice"
title = "Tiny advice"
description = "Says how many visits are known."
hook = "patient-view"
scopes = ["patient/Encounter.rs"]
[part.prefetch]
visits = "Encounter?patient={{context.patientId}}&_count=5"
"""
SERVICE = '"""The service."""\n\nID = "tiny-advice"\nASKS = "Encounter"\n'
OUTSIDE = """
[[outside]]
host = "maps.nhs.uk"
purpose = "Where the next pharmacy is."
data = ["none of any patient"]
"""


@dataclass(frozen=True)
class Pair:
    """A product that fails for one rule alone, and what the probes saw of it; `code` is for the real checkers to find."""

    rule: str
    package: Package
    saw: Saw = field(default_factory=Saw)
    is_for_checkers: bool = False


def hook(
    manifest: Mapping[str, str] | None = None, service: str = SERVICE, more: Mapping[str, str] | None = None
) -> Package:
    """The tiny product with a service in place of its page."""
    told = FILES["tabard.toml"].decode().replace(PART, HOOK)
    files = {"tabard.toml": told, "service.py": service, "index.html": None, "app.js": None, "app.css": None}
    log = HAZARDS.replace('["app.js", "index.html"]', '["service.py"]').replace('["app.js"]', '["service.py"]')
    return tiny({**files, "hazards.toml": log, **(more or {})}, manifest)


def code(script: str = "", python: str = "") -> Package:
    """The tiny product with a line more of code."""
    if python:
        return hook(service=f"{SERVICE}\n\n{python}\n")
    return tiny({"app.js": FILES["app.js"].decode() + script + "\n"})


def asked(more: str, script: str) -> Package:
    """The tiny product with a host outside, and a script that names it."""
    return tiny({"tabard.toml": FILES["tabard.toml"].decode() + more, "app.js": FILES["app.js"].decode() + script})


def spoilt_day(**how: object) -> Saw:
    """A day in which the first part did otherwise."""
    day = lived(tiny())
    return Saw(day=replace(day, parts=(replace(day.parts[0], **how),)))  # type: ignore[arg-type]


CLAIM = """
[[claim]]
criterion = "dtac-2.0/C1.1.1"
state = "done"
answer = "no"
"""
WRITES = tiny(manifest={'"user/Encounter.rs"': '"user/Encounter.rs", "user/Encounter.cu"'})
_DAY = lived(WRITES)
_WROTE = (
    Wrote("Encounter", was_taken=True),
    Wrote("Encounter", was_taken=False, faults=("Encounter.status: it is missing",)),
)
BAD_DAY = replace(_DAY, parts=(replace(_DAY.parts[0], wrote=_WROTE),))
"""A day in which a part wrote what is no valid resource."""

LABEL = Hit("label", "Form elements must have labels", ("#who",), 1)
BAD_SMALL = Advisory("GHSA-test", "npm", "small", "It trusts whatever it is given.", (Range("0", "2.0.1"),))

PAIRS = (
    Pair("manifest-sound", tiny(manifest={'summary = "Who is on the ward."\n': ""})),
    Pair("safety-officer-named", tiny(manifest={'register = "GMC"': 'register = "XYZ"'})),
    Pair("files-accounted", tiny({"notes.docx": b"words"})),
    Pair("licence-allowed", tiny(manifest={'licence = "MIT"': 'licence = "BUSL-1.1"'})),
    Pair("licence-texts-carried", tiny({"vendor/small.LICENSE": "MIT"})),
    Pair("sbom-present", tiny({"sbom.cdx.json": "{}"})),
    Pair("components-named", tiny(manifest={'name = "small"': 'name = "tall"'})),
    Pair("no-known-vulnerability", tiny(), Saw(known=replace(KNOWN, advisories=(BAD_SMALL,)))),
    Pair("no-secrets", tiny({"app.js": FILES["app.js"] + b'const key = "AKIAIOSFODNN7EXAMPLZ";\n'})),
    Pair("code-covered", hook(more={"broken.py": "def (:\n"}), is_for_checkers=True),
    Pair("runs-no-text", code("eval(document.title);"), is_for_checkers=True),
    Pair("reads-no-objects", code(python="import pickle\npickle.loads(ASKS)"), is_for_checkers=True),
    Pair("crypto-sound", code(python="import hashlib\nhashlib.md5(b'')"), is_for_checkers=True),
    Pair("no-own-connections", code('new EventSource("/events");'), is_for_checkers=True),
    Pair(
        "queries-not-put-together",
        code(python='def ask(db, x):\n    return db.execute(f"SELECT {x} FROM t")'),
        is_for_checkers=True,
    ),
    Pair("pages-not-from-text", code("document.body.innerHTML = document.title;"), is_for_checkers=True),
    Pair("files-not-loose", code(python="import tempfile\ntempfile.mktemp()"), is_for_checkers=True),
    Pair("code-otherwise-sound", code(python="try:\n    ASKS.x()\nexcept Exception:\n    pass"), is_for_checkers=True),
    Pair("nothing-kept-in-browser", code('localStorage.setItem("at", "1");'), is_for_checkers=True),
    Pair("nothing-of-patients-logged", code("const patient = {};\nconsole.log(patient);"), is_for_checkers=True),
    Pair("least-scopes", tiny(manifest={'"user/Encounter.rs"': '"user/Encounter.rs", "user/Location.rs"'})),
    Pair("data-declared", tiny({"data.toml": '[[data]]\ntype = "Encounter"\npurpose = "Various."\n'})),
    Pair(
        "data-leaving", asked(OUTSIDE.replace("Where the next pharmacy is.", "Maps."), 'const where = "maps.nhs.uk";')
    ),
    Pair("no-patient-in-files", tiny({"README.md": README + "\nTried with 401 023 2137.\n"})),
    Pair("fhir-named-exists", code('const ask = "Encounter?ward=7";')),
    Pair("codes-known", code('const LOINC = "https://loinc.org";')),
    Pair("prefetch-within", hook({"patient={{context.patientId}}&_count=5": "patient=123"})),
    Pair("hooks-answered", hook(service=SERVICE.replace("tiny-advice", "other"))),
    Pair("hosts-declared", code('const home = "https://api.elsewhere.nhs.uk/v1";')),
    Pair("policy-least", tiny(manifest={'"user/Encounter.rs"]': '"user/Encounter.rs"]\nallows = ["wasm"]'})),
    Pair("pages-self-contained", tiny(), Saw(PageSeen("", 0, refused=("https://elsewhere.example/x",)))),
    Pair("pages-titled", tiny({"index.html": FILES["index.html"].replace(b' lang="en-GB"', b"")})),
    Pair("pages-accessible", tiny(), Saw(PageSeen("", 0, violations=(LABEL,)))),
    Pair("pages-by-keyboard", tiny(), Saw(PageSeen("", 0, walked=Walked(unreached=("div",))))),
    Pair("readme-tells", tiny({"README.md": README.replace("## When it does not work", "## Colours")})),
    Pair("changelog-kept", tiny(manifest={'version = "1.0.0"': 'version = "1.1.0"'})),
    Pair("support-named", tiny({"README.md": README.replace("tiny@rzz.nhs.uk", "somebody")})),
    Pair("claims-readable", tiny({"claims.toml": CLAIM.replace("done", "finished")})),
    Pair("claims-uncontradicted", tiny({"claims.toml": CLAIM.replace("no", "yes")})),
    Pair("class-declared", tiny({"claims.toml": f"class = 0\n{CLAIM}"})),
    Pair("trial-scopes-used", tiny(), spoilt_day(used=())),
    Pair("trial-hosts-declared", tiny(), spoilt_day(hosts=("elsewhere.example",))),
    Pair("trial-writes-valid", WRITES, Saw(day=BAD_DAY)),
    Pair("trial-borne", tiny(), spoilt_day(scenes=(Scene("stale", Fared.silent),))),
)
"""Rules of clinical safety have their own, beside the hazards."""

ELSEWHERE = frozenset({"publisher-named", "code-of-others"})
"""The manifest's own reader refuses what the first would; the second never fails: others' code is a person's."""
