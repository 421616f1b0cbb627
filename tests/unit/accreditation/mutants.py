"""A hundred faults and more that somebody could put into the three products that come with Tabard, each with the rule that must see it.

An edit is of one file: `Put` text in the place of the first such text, `Add` at its end, `Take` it out, `Make` it anew. Edits under
`late` are made after the bill of materials was: as by somebody who changes a package and not its sources. What is `by_another` is
a next version that another key than the officer's approved.
"""

from dataclasses import dataclass

BOARD, VITALS, NEWS = "ward-board", "observations", "early-warning"


@dataclass(frozen=True)
class Put:
    """New text in the place of the first old one."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Add:
    """Text at the end of a file, or a file of it where there is none."""

    file: str
    text: str


@dataclass(frozen=True)
class Take:
    """Without that file."""

    file: str


@dataclass(frozen=True)
class Mutant:
    """One fault: in which product, of what kind, and the rule that must fail (any of a family, where it ends in `-`)."""

    product: str
    rule: str
    what: str
    edits: tuple[Put | Add | Take, ...]
    late: bool = False
    by_another: bool = False


def _one(
    product: str, rule: str, what: str, *edits: Put | Add | Take, late: bool = False, by_another: bool = False
) -> Mutant:
    return Mutant(product, rule, what, edits, late, by_another)


_MAIN = {BOARD: "board.js", VITALS: "observations.js"}
_SERVICE = "early_warning/service.py"
_TOML = "tabard.toml"
_CLAIMS = "claims.toml"
_IS_DEVICE = {BOARD: "no", VITALS: "no", NEWS: "yes"}
_IS_NOT = {"no": "yes", "yes": "no"}
_KEY = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----\n"
_SCRIPTS = (
    ("runs-no-text", "text run as code", 'eval("1 + 1");'),
    ("runs-no-text", "text run as code, and a mark to look away", 'new Function("return 1")(); // nosemgrep'),
    ("runs-no-text", "a script element made", 'document.createElement("script");'),
    ("pages-not-from-text", "markup made of text", "document.body.innerHTML = document.title;"),
    ("pages-not-from-text", "markup written", "document.write(document.title);"),
    ("pages-not-from-text", "a message to all", 'window.parent.postMessage("x", "*");'),
    ("nothing-kept-in-browser", "kept for the next user", 'localStorage.setItem("patient", "x");'),
    ("nothing-kept-in-browser", "a cookie", 'document.cookie = "ward=7";'),
    ("nothing-kept-in-browser", "a data base", 'indexedDB.open("patients");'),
    ("no-own-connections", "a socket", 'new WebSocket("/live");'),
    ("no-own-connections", "a beacon", 'navigator.sendBeacon("/seen", "x");'),
    ("nothing-of-patients-logged", "a patient in the console", "const patient = {}; console.log(patient);"),
    ("crypto-sound", "a token by chance", "const token = String(Math.random());"),
)
_PYTHON = (
    ("runs-no-text", "a shell", "import os\nos.system('ls')  # nosec"),
    ("runs-no-text", "a process", "import subprocess\nsubprocess.run(['ls'])  # noqa: S603"),
    ("runs-no-text", "text run as code", "exec('x = 1')"),
    ("reads-no-objects", "objects of bytes", "import pickle\npickle.loads(b'')"),
    ("reads-no-objects", "XML of strangers", "import xml.etree.ElementTree as tree\ntree.fromstring('<a/>')"),
    ("crypto-sound", "a broken digest", "import hashlib\nhashlib.md5(b'')"),
    ("crypto-sound", "no certificate looked at", "import ssl\nssl._create_unverified_context()"),
    ("no-own-connections", "a socket of its own", "import socket\nsocket.create_connection(('x', 1))"),
    ("no-own-connections", "a data base of its own", "import psycopg\npsycopg.connect('x')"),
    (
        "queries-not-put-together",
        "a query of texts",
        "def ask(db, x):\n    return db.execute(f'SELECT {x} FROM patient')",
    ),
    ("files-not-loose", "a file that others may replace", "import tempfile\ntempfile.mktemp()"),
    ("code-otherwise-sound", "a fault swallowed", "try:\n    score\nexcept Exception:\n    pass"),
    ("nothing-of-patients-logged", "a patient printed", "def tell(patient):\n    print(patient)"),
)
CODE = (
    *(
        _one(product, rule, f"{what}, {product}", Add(_MAIN[product], f"\n{text}\n"))
        for product in _MAIN
        for rule, what, text in _SCRIPTS
    ),
    *(_one(NEWS, rule, what, Add(_SERVICE, f"\n\n{text}\n")) for rule, what, text in _PYTHON),
    _one(NEWS, "code-covered", "Python that cannot be read", Add("early_warning/more.py", "def (:\n")),
)
"""Faults that the static checkers must see."""

_EACH = tuple(
    mutant
    for product in (BOARD, VITALS, NEWS)
    for mutant in (
        _one(product, "no-secrets", f"a private key in {product}", Add("key.txt", _KEY)),
        _one(
            product,
            "no-secrets",
            f"a token in {product}",
            Add("README.md", "\nAKIAIOSFODNN7EXAMPLZ  pragma: allowlist secret\n"),
        ),
        _one(
            product,
            "no-patient-in-files",
            f"a real person in {product}",
            Add("README.md", "\nTried with 401 023 2137.\n"),
        ),
        _one(
            product,
            "safety-officer-named",
            f"no register of {product}'s officer",
            Put(_TOML, 'register = "GMC"', 'register = "none"'),
        ),
        _one(
            product,
            "safety-officer-named",
            f"no number of {product}'s officer",
            Put(_TOML, 'number = "9999101"', 'number = "soon"'),
        ),
        _one(
            product,
            "licence-allowed",
            f"{product} under a closed licence",
            Put(_TOML, 'licence = "Apache-2.0"', 'licence = "BUSL-1.1"'),
        ),
        _one(product, "manifest-sound", f"an unknown key in {product}", Put(_TOML, "id = ", "wheels = 4\nid = ")),
        _one(product, "manifest-sound", f"{product} without its use", Put(_TOML, "intended_use", "intended")),
        _one(
            product,
            "changelog-kept",
            f"a second version of {product} without a word",
            Put(_TOML, 'version = "1.0.0"', 'version = "1.0.1"'),
        ),
        _one(product, "readme-tells", f"no README of {product}", Take("README.md")),
        _one(
            product,
            "readme-tells",
            f"{product} says nothing of failing",
            Put("README.md", "## When it does not work", "## Colours"),
        ),
        _one(product, "support-named", f"nobody to ask of {product}", Put("README.md", "## Support", "## Thanks")),
        _one(product, "data-declared", f"no data of {product} declared", Take("data.toml")),
        _one(
            product,
            "data-declared",
            f"a purpose of {product} emptied",
            Put("data.toml", 'purpose = "', 'purpose = "x" # "'),
        ),
        _one(product, "files-accounted", f"a program in {product}", Add("tool", "#!/bin/sh\n")),
        _one(product, "files-accounted", f"a document in {product}", Add("notes.docx", "words")),
        _one(product, "sbom-present", f"a file of {product} changed afterwards", Add("data.toml", "\n"), late=True),
        _one(product, "sbom-present", f"no bill of materials of {product}", Take("sbom.cdx.json"), late=True),
        _one(
            product,
            "hazard-",
            f"a hazard of {product} lowered without a control",
            Put(
                "hazards.toml",
                'residual = { severity = "major", likelihood = "very low"',
                'residual = { severity = "major", likelihood = "very high"',
            ),
        ),
        _one(
            product,
            "hazard-",
            f"what remains of a hazard of {product} gone",
            Put("hazards.toml", "residual = {", "residue = {"),
        ),
        _one(product, "hazard-", f"no hazard log of {product}", Take("hazards.toml"), late=True),
        _one(product, "safety-officer-kept", f"another key than the officer's of {product}", by_another=True),
        _one(
            product,
            "claims-uncontradicted",
            f"an answer that {product} contradicts",
            Put(_CLAIMS, f'answer = "{_IS_DEVICE[product]}"', f'answer = "{_IS_NOT[_IS_DEVICE[product]]}"'),
        ),
        _one(
            product,
            "class-declared",
            f"a class too low for {product}",
            Put(_CLAIMS, "class = ", "class = 0 # "),
        ),
        _one(
            product,
            "claims-readable",
            f"a claim of no known state in {product}",
            Put(_CLAIMS, 'state = "done"', 'state = "nearly"'),
        ),
        _one(
            product,
            "claims-readable",
            f"a criterion that is none in {product}",
            Put(_CLAIMS, '"dtac-2.0/C4.1"', '"dtac-2.0/C9.9"'),
        ),
    )
)
_PAGED = tuple(
    mutant
    for product, level in ((BOARD, "user"), (VITALS, "patient"))
    for mutant in (
        _one(
            product,
            "least-scopes",
            f"a scope more in {product}",
            Put(_TOML, '    "launch",', f'    "launch",\n    "{level}/Consent.rs",'),
        ),
        _one(
            product,
            "least-scopes",
            f"every type in {product}",
            Put(_TOML, '    "launch",', f'    "launch",\n    "{level}/*.rs",'),
        ),
        _one(
            product,
            "trial-scopes-used",
            f"letters that write and are never used in {product}",
            Put(_TOML, f'"{level}/Patient.rs"', f'"{level}/Patient.cruds"'),
        ),
        _one(
            product,
            "least-scopes",
            f"another level in {product}",
            Put(_TOML, f'"{level}/Patient.rs"', '"system/Patient.rs"'),
        ),
        _one(
            product,
            "fhir-named-exists",
            f"a type that is none in {product}",
            Put(_TOML, f'"{level}/Patient.rs"', f'"{level}/Person2.rs"'.replace("2", "s")),
        ),
        _one(
            product,
            "fhir-named-exists",
            f"a parameter that is none in {product}",
            Add(_MAIN[product], '\nconst ask = "Patient?nhsnumber=1";\n'),
        ),
        _one(
            product,
            "codes-known",
            f"a system misspelt in {product}",
            Add(_MAIN[product], '\nconst LOINC = "http://www.loinc.org/";\n'),
        ),
        _one(
            product,
            "hosts-declared",
            f"a host that is not asked for in {product}",
            Add(_MAIN[product], '\nconst home = "https://collect.elsewhere.nhs.uk/x";\n'),
        ),
        _one(
            product,
            "pages-self-contained",
            f"a script from elsewhere in {product}",
            Put("index.html", "</head>", '<script src="https://cdn.elsewhere.nhs.uk/x.js"></script></head>'),
        ),
        _one(
            product,
            "pages-self-contained",
            f"a script in a page of {product}",
            Put("index.html", "</head>", "<script>1;</script></head>"),
        ),
        _one(product, "pages-titled", f"no language in {product}", Put("index.html", 'lang="en-GB"', "")),
        _one(product, "pages-titled", f"no title in {product}", Put("index.html", "<title>", "<title></title><title>")),
        _one(
            product,
            "policy-least",
            f"more allowed than used in {product}",
            Put(_TOML, 'context = "', 'allows = ["wasm"]\ncontext = "'),
        ),
        _one(
            product,
            "licence-allowed",
            f"a component of {product} under another licence",
            Put(_TOML, 'version = "2.6.3"\nlicence = "Apache-2.0"', 'version = "2.6.3"\nlicence = "SSPL-1.0"'),
        ),
        _one(
            product,
            "licence-texts-carried",
            f"terms of a component of {product} emptied",
            Put("vendor/fhir-client.LICENSE", "", ""),
        ),
        _one(
            product,
            "components-named",
            f"a component of {product} by another name",
            Put(_TOML, 'name = "fhirclient"', 'name = "fhirclients"'),
        ),
        _one(
            product,
            "no-known-vulnerability",
            f"an old component in {product}",
            Put(_TOML, 'version = "2.6.3"', 'version = "2.5.0"'),
            Put(_TOML, "fhirclient@2.6.3", "fhirclient@2.5.0"),
        ),
        _one(
            product,
            "data-leaving",
            f"data go out of {product} for no reason",
            Add(_TOML, '\n[[outside]]\nhost = "x.nhs.uk"\npurpose = "Other."\ndata = ["all"]\n'),
            Add(_MAIN[product], '\nconst where = "x.nhs.uk";\n'),
        ),
        _one(
            product,
            "hosts-declared",
            f"a host asked for and never named in {product}",
            Add(
                _TOML,
                '\n[[outside]]\nhost = "x.nhs.uk"\npurpose = "Where the next pharmacy is."\ndata = ["none of any patient"]\n',
            ),
        ),
    )
)
_SERVED = (
    _one(
        NEWS,
        "components-named",
        "a wheel swapped for another",
        Put(_TOML, 'name = "tabard-kit"', 'name = "tabard-tools"'),
    ),
    _one(
        NEWS,
        "files-accounted",
        "a wheel that the lock does not name",
        Put("requirements.txt", "sha256:", "sha256:0" * 1),
    ),
    _one(NEWS, "files-accounted", "a lock without hashes", Put("requirements.txt", " --hash", " #")),
    _one(
        NEWS,
        "prefetch-within",
        "another patient asked for",
        Put(_TOML, "Observation?patient={{context.patientId}}", "Observation?patient=1"),
    ),
    _one(
        NEWS,
        "prefetch-within",
        "a token that no hook has",
        Put(_TOML, "Patient/{{context.patientId}}", "Patient/{{context.everybody}}"),
    ),
    _one(NEWS, "prefetch-within", "more asked for than the scopes open", Put(_TOML, '"patient/Patient.r", ', "")),
    _one(NEWS, "prefetch-within", "a parameter that is none", Put(_TOML, "_sort=-date", "sorted=date")),
    _one(NEWS, "hooks-answered", "a service that nobody answers", Put(_TOML, 'id = "news2"', 'id = "news3"')),
    _one(NEWS, "hooks-answered", "a service that takes its time", Put(_TOML, "timeout_s = 3", "timeout_s = 30")),
    _one(
        NEWS,
        "hosts-declared",
        "a host in the service",
        Add(_SERVICE, '\nHOME = "https://collect.elsewhere.nhs.uk/x"\n'),
    ),
    _one(
        NEWS,
        "trial-scopes-used",
        "a scope to write that is never used",
        Put(_TOML, '"patient/Observation.rs"]', '"patient/Observation.crus"]'),
    ),
    _one(NEWS, "least-scopes", "every type", Put(_TOML, '"patient/Observation.rs"', '"patient/*.rs"')),
    _one(NEWS, "codes-known", "a system misspelt", Add(_SERVICE, '\nLOINC = "https://loinc.org"\n')),
)
PLAIN = (*_EACH, *_PAGED, *_SERVED)
"""Faults that need no checker."""
