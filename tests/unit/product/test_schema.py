"""The JSON Schema and the reader say the same of a manifest, as far as a schema can say it."""

import tomllib
from pathlib import Path

import jsonschema
import pytest

from tabard.product import MANIFEST_SCHEMA, BadManifest
from unit.product import made

DECLARED = '\n[declared]\ndevice = "none"\nbecause = "It shows."\ncare = ["ward"]\nusers = ["staff"]\n'
VALIDATOR = jsonschema.Draft202012Validator(MANIFEST_SCHEMA)
GOOD = (
    made.MANIFEST,
    made.MANIFEST.replace('"Apache-2.0"\nintended', '"(MIT OR Apache-2.0) AND BSD-3-Clause"\nintended'),
    made.MANIFEST.replace('summary = "Shows a patient\'s name."\n', ""),
    made.MANIFEST.replace('"Nurses read', '"Nurses\\nread'),
    'leave_out = ["notes/"]\n' + made.MANIFEST,
    made.MANIFEST.replace('"patient/Patient.rs"]', '"patient/Patient.rs"]\nallows = ["wasm", "data-images"]'),
    made.MANIFEST[: made.MANIFEST.index("[[component]]")],
    f'{made.MANIFEST}\n[[outside]]\nhost = "api.example.org:8443"\npurpose = "Dose checks."\ndata = ["medicines"]\n',
    made.MANIFEST + DECLARED,
)
BAD = (
    ('id = "tiny"', 'id = "Tiny"'),
    ('id = "tiny"', 'id = "t"'),
    ('id = "tiny"', "id = 7"),
    ('id = "tiny"\n', ""),
    ('name = "Tiny"', 'name = " "'),
    ('name = "Tiny"', f'name = "{"x" * 201}"'),
    ('name = "Tiny"', 'name = "a\\u200bb"'),
    ('"1.2.0"', '"01.2.0"'),
    ('"1.2.0"', '"1.2"'),
    ('"RZZ"', '"rzz"'),
    ('summary = "Shows a patient\'s name."', 'summary = ""'),
    ('licence = "Apache-2.0"\nintended', 'licence = "Apache 2"\nintended'),
    ('"Nurses', '"\\u202eNurses'),
    ('id = "tiny"', 'id = "tiny"\nhazards = "../h.toml"'),
    ('id = "tiny"', 'id = "tiny"\ncolour = "red"'),
    ('id = "tiny"', 'id = "tiny"\nleave_out = "notes"'),
    ('id = "tiny"', 'id = "tiny"\nleave_out = ["a", "a"]'),
    ('number = "9999999"', ""),
    ('kind = "app"', 'kind = "robot"'),
    ('launch = "launch.html"', 'launch = "/launch.html"'),
    ('context = "patient"', 'context = "everybody"'),
    ('scopes = ["launch", "patient/Patient.rs"]', 'scopes = "launch"'),
    ('scopes = ["launch", "patient/Patient.rs"]', 'scopes = ["launch", "launch"]'),
    ('kind = "app"', 'kind = "app"\nallows = ["eval"]'),
    ("pkg:npm/fhirclient@2.6.3", "npm:fhirclient@2.6.3"),
    ('files = ["vendor/fhir-client.js"]', "files = []"),
    ('files = ["vendor/fhir-client.js"]', ""),
    *(
        ("[[component]]", f'[[outside]]\nhost = "{host}"\npurpose = "p"\ndata = ["d"]\n[[component]]')
        for host in (
            "10.0.0.1",
            "localhost",
            "*.example.org",
            "API.example.org",
            "api.example.org:0",
            "a@api.example.org",
        )
    ),
    ("[[component]]", '[[outside]]\nhost = "api.example.org"\npurpose = "p"\ndata = []\n[[component]]'),
    ("[[component]]", '[[outside]]\nhost = "api.example.org"\ndata = ["d"]\n[[component]]'),
    *(
        ("[[component]]", f"{DECLARED.replace(good, bad)}[[component]]")
        for good, bad in (
            ('"none"', '"class-iv"'),
            ('"It shows."', '""'),
            ('because = "It shows."\n', ""),
            ('["ward"]', '["home"]'),
            ('["ward"]', '["ward", "ward"]'),
            ('["ward"]', "[]"),
            ('["staff"]', '["robots"]'),
            ('users = ["staff"]', 'users = ["staff"]\nclass = 0'),
        )
    ),
)


def is_read(text: str) -> bool:
    try:
        made.manifest(text)
    except BadManifest:
        return False
    return True


def test_the_schema_is_one() -> None:
    """It is a sound JSON Schema itself."""
    jsonschema.Draft202012Validator.check_schema(MANIFEST_SCHEMA)


@pytest.mark.parametrize("text", GOOD)
def test_both_take_what_is_good(text: str) -> None:
    """What an editor calls good, the reader takes."""
    assert [error.message for error in VALIDATOR.iter_errors(tomllib.loads(text))] == []
    assert is_read(text)


@pytest.mark.parametrize(("was", "becomes"), BAD)
def test_both_refuse_what_is_bad(was: str, becomes: str) -> None:
    """What the reader refuses by its form, an editor marks too."""
    assert was in made.MANIFEST
    text = made.MANIFEST.replace(was, becomes, 1)
    assert not VALIDATOR.is_valid(tomllib.loads(text))
    assert not is_read(text)


def test_every_key_is_in_the_docs() -> None:
    """Whoever writes a manifest finds each key, and each word that it may hold, on one page."""
    page = (Path(__file__).parents[3] / "docs/look-up/manifest.md").read_text()
    parts = [MANIFEST_SCHEMA["$defs"][kind]["properties"] for kind in ("app", "hook")]
    part = parts[0] | parts[1]
    component = MANIFEST_SCHEMA["properties"]["component"]["items"]["properties"]
    kinds = [one["kind"]["const"] for one in parts]
    words = [*kinds, *part["context"]["enum"], *part["allows"]["items"]["enum"], *part["hook"]["enum"]]
    server = MANIFEST_SCHEMA["properties"]["server"]["properties"]
    tables = {"part", "component", "safety_officer", "server", "prefetch", "outside", "declared"}
    outside = MANIFEST_SCHEMA["properties"]["outside"]["items"]["properties"]
    declared = MANIFEST_SCHEMA["properties"]["declared"]["properties"]
    words += [*declared["device"]["enum"], *declared["care"]["items"]["enum"], *declared["users"]["items"]["enum"]]
    keys = {*MANIFEST_SCHEMA["properties"], *part, *component, *server, *outside, *declared, *words} - tables
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
