"""Which rules judged: one digest over the table, the text of everything that judges, and the tools it judges with."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from tabard.accreditation.model import Rule
from tabard.accreditation.table import RULES
from tabard.ground.canonical import canonical

TOOLS = ("cyclonedx-python-lib", "detect-secrets", "license-expression", "packaging")
"""The libraries whose version bears on a verdict. The static checkers are in it by their lock and axe-core by its own text, which
lie among the sources; the browser is told in the evidence of what it showed, and a set of advisories by its digest there."""

JUDGING = ("accreditation", "decision", "fhir", "ground", "product")
"""Rooms by whose text findings come about: rules, frameworks, bounds, schemas, and what reads a package for them."""

TRYING = (
    "accounts",
    "audit",
    "database",
    "dialect",
    "gateway",
    "hl7v2",
    "journal",
    "link",
    "record",
    "runner",
    "sandbox",
    "trial",
)
"""Rooms by whose text a trial goes as it goes: the scenes, the pretend hospital, and the doors through which it answers."""

_NOT_JUDGING = ("__pycache__", "cases", "starter", "starter_hook")
"""How a case goes on, and what a new product begins with."""

KINDS = (".py", ".toml", ".json", ".js", ".yml", ".txt")


def rules_sha256(rules: tuple[Rule, ...] = RULES, house: Traversable | None = None) -> str:
    """The digest, in hexadecimal: the same wherever the same release of this checker runs with the same tools.

    `house` is the folder of the rooms: this one, where none is named.
    """
    told = {
        "rules": [rule.id for rule in rules],
        "sources": _ours() if house is None else _sources(house),
        "tools": {name: version(name) for name in TOOLS},
    }
    return sha256(canonical(told)).hexdigest()


@cache
def _ours() -> dict[str, str]:
    return _sources(files("tabard"))


def _sources(house: Traversable) -> dict[str, str]:
    """The digest of every file that judges, by its name in the distribution."""
    found = [one for room in (*JUDGING, *TRYING) for one in _texts(room, house.joinpath(room))]
    return {name: sha256(one.read_bytes()).hexdigest() for name, one in found}


def _texts(name: str, folder: Traversable) -> list[tuple[str, Traversable]]:
    found = []
    for one in folder.iterdir():
        if one.name.endswith(KINDS):
            found.append((f"{name}/{one.name}", one))
        elif one.name not in _NOT_JUDGING and one.is_dir():
            found += _texts(f"{name}/{one.name}", one)
    return found
