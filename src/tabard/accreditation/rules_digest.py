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
"""The libraries whose version bears on a verdict. The static checkers are in it by their lock, which is a text here; the browser
and axe-core are told in the pages' own evidence, and a set of advisories by its digest in the finding's."""

_JUDGING = ("tabard.accreditation", "tabard.product", "tabard.fhir")
"""Rooms whose text bears on a verdict."""

_NOT_JUDGING = ("__pycache__", "vendor", "cases")
_KINDS = (".py", ".toml", ".json", ".js", ".yml", ".txt")


def rules_sha256(rules: tuple[Rule, ...] = RULES) -> str:
    """The digest, in hexadecimal: the same wherever the same release of this checker runs with the same tools."""
    told = {
        "rules": [rule.id for rule in rules],
        "sources": _sources(),
        "tools": {name: version(name) for name in TOOLS},
    }
    return sha256(canonical(told)).hexdigest()


@cache
def _sources() -> dict[str, str]:
    """The digest of every file that judges, by its name in the distribution."""
    return {name: sha256(one.read_bytes()).hexdigest() for room in _JUDGING for name, one in _texts(room, files(room))}


def _texts(name: str, folder: Traversable) -> list[tuple[str, Traversable]]:
    found = [(f"{name}/{one.name}", one) for one in folder.iterdir() if one.name.endswith(_KINDS)]
    for inner in folder.iterdir():
        if inner.is_dir() and inner.name not in _NOT_JUDGING:
            found += _texts(f"{name}/{inner.name}", inner)
    return found
