"""Tabard itself as the rules of clinical safety see a product: its papers, its files, its dependencies, what it shows and writes."""

import re
import tomllib
from pathlib import Path

from tabard.accreditation.safety.model import CASE
from tabard.accreditation.safety.reading import read_safety_case
from tabard.product import Component, Context, Kind, Manifest, Package, Part

ROOT = Path(__file__).parents[3]
SAFETY = ROOT / "docs/safety"
_READ = ("src/tabard", "tests", "docs/safety", "products", "kit/src")
_PARTS = (
    Part(Kind.app, "Hospital pages", "", "", Context.none, ("user/Patient.rs",)),
    Part(Kind.app, "What products are answered", "", "", Context.patient, ("patient/Patient.rs", "patient/*.cud")),
)


def package() -> Package:
    """No package was ever made of it: its files by name, without their contents but for its papers."""
    log, case = (SAFETY / "hazards.toml").read_bytes(), (SAFETY / "case.toml").read_bytes()
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    files = {name: b"" for folder in _READ for name in _names(ROOT / folder)}
    files |= {"tabard.toml": b"", "hazards.toml": log, CASE: case}
    manifest = Manifest(
        id="tabard",
        name="Tabard",
        version=told["version"],
        publisher="",
        parts=_PARTS,
        intended_use=read_safety_case(case).intended_use,
        components=tuple(map(_component, told["dependencies"])),
    )
    return Package(b"", "", files, manifest)


def _names(folder: Path) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in folder.rglob("*.*") if path.is_file()]


def _component(requirement: str) -> Component:
    """A direct dependency; which version it is, the lock says."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    name = found[0].lower()
    return Component(name, "any", "", f"pkg:pypi/{name}@any", ())
