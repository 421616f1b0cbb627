"""The published schemas say what the readers say."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tabard.accreditation import BadHazardLog, read_hazard_log
from tabard.accreditation.errors import BadSafetyCase
from tabard.accreditation.safety.model import CASE
from tabard.accreditation.safety.reading import read_safety_case
from tabard.accreditation.safety.schemas import CASE_SCHEMA, HAZARDS_SCHEMA
from tabard.ground.toml import read_toml
from unit.accreditation.tiny import HAZARDS, tiny

ROOT = Path(__file__).parents[3]
LOGS = sorted([*ROOT.glob("products/*/hazards.toml"), ROOT / "docs/safety/hazards.toml"])
CASES = sorted([*ROOT.glob("products/*/safety/case.toml"), *ROOT.glob("docs/safety/case.toml")])


def valid(schema: dict[str, Any], raw: bytes) -> bool:
    return Draft202012Validator(schema).is_valid(read_toml(raw, len(raw)))


def test_the_schemas_are_schemas() -> None:
    """By the draft that they name."""
    Draft202012Validator.check_schema(HAZARDS_SCHEMA)
    Draft202012Validator.check_schema(CASE_SCHEMA)


@pytest.mark.parametrize("path", LOGS, ids=[str(path.relative_to(ROOT)) for path in LOGS])
def test_every_log_of_the_house_is_valid(path: Path) -> None:
    """By schema and by reader."""
    assert valid(HAZARDS_SCHEMA, path.read_bytes())
    assert read_hazard_log(path.read_bytes()).hazards


@pytest.mark.parametrize("path", CASES, ids=[str(path.relative_to(ROOT)) for path in CASES])
def test_every_safety_case_of_the_house_is_valid(path: Path) -> None:
    """By schema and by reader."""
    assert valid(CASE_SCHEMA, path.read_bytes())
    assert read_safety_case(path.read_bytes()).conclusion


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "H1"', 'id = "1H"'),
        ('id = "H1"', 'id = "H1"\nextra = 1'),
        ('harm = "Care is late."\n', ""),
        ("rating = 3", "rating = 6"),
        ('types = ["stale",', 'types = ["dull",'),
        ('causes = ["The feed stops."]', "causes = []"),
        ('owner = "manufacturer"', 'owner = "maker"'),
        ('status = "controlled"', 'status = "fine"'),
        ("issue = 1", "issue = 0"),
        ("issue = 1", 'issue = 1\nsupersedes = "short"'),
        ("issue = 1", 'issue = 1\nscheme = "another"'),
        ('title = "Old list, or none"', 'title = " "'),
    ],
)
def test_a_log_that_the_reader_refuses_the_schema_refuses(old: str, new: str) -> None:
    """An editor marks it while it is written."""
    raw = HAZARDS.replace(old, new, 1).encode()
    assert not valid(HAZARDS_SCHEMA, raw)
    with pytest.raises(BadHazardLog):
        read_hazard_log(raw)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'scope = "One page, and what it reads."\n', b""),
        (b'phase = "deployment"', b'phase = "some day"'),
        (b'checked_by = "Somebody Else"\n', b""),
        (b"[officer]", b"[officer]\nnick = 1"),
        (b"[[third_party]]\n", b"[[third_party]]\nx = 1\n"),
    ],
)
def test_a_case_that_the_reader_refuses_the_schema_refuses(old: bytes, new: bytes) -> None:
    """The same."""
    raw = tiny().files[CASE].replace(old, new, 1)
    assert raw != tiny().files[CASE]
    assert not valid(CASE_SCHEMA, raw)
    with pytest.raises(BadSafetyCase):
        read_safety_case(raw)
