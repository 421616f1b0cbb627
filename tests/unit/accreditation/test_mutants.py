"""Faults put into the products that come with Tabard: the rule expected sees at least 95 of 100, and sound products fail nothing."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tabard.accreditation import CouldNot, Trial, Verdict, assess
from tabard.accreditation.advisories.model import Advisory, Range
from tabard.accreditation.probing.checked import Checked
from tabard.accreditation.probing.checkers import check_files
from tabard.accreditation.probing.checkers.place import find_checkers
from tabard.accreditation.safety.model import CASE
from tabard.cli.wheels import fetch
from tabard.ground.keys import new_signing_key
from tabard.product import (
    SBOM_NAME,
    BadManifest,
    BadPackage,
    Package,
    build,
    pack,
    parse_manifest,
    read_package,
    sbom_of,
)
from unit.accreditation.mutants import CODE, NEWS, PLAIN, Add, Mutant, Put, Take
from unit.accreditation.safe import with_papers
from unit.accreditation.test_pairs import part_of
from unit.accreditation.tiny import KNOWN, Saw, lived

PRODUCTS = Path(__file__).parents[3] / "products"
HAS_CHECKERS = not isinstance(find_checkers(), CouldNot)
OLD = Advisory("GHSA-old", "npm", "fhirclient", "It forgets.", (Range("0", "2.6.0"),))
_ENOUGH = 0.95
ANOTHER = new_signing_key()


@cache
def sound(product: str) -> Package:
    """The product as it is in the repository, with the wheels that it locks."""
    if product == NEWS:
        fetch(PRODUCTS / product)
    return build(PRODUCTS / product)


@cache
def mutated(mutant: Mutant) -> Package | None:
    """The product with the fault in it; None where its manifest cannot be read, or it is no package."""
    files = dict(sound(mutant.product).files)
    if not mutant.late:
        del files[SBOM_NAME]
    for edit in mutant.edits:
        _edit(files, edit)
    if mutant.by_another:
        files = with_papers(files, files[CASE].decode(), key=ANOTHER)
    try:
        if not mutant.late:
            files[SBOM_NAME] = sbom_of(parse_manifest(files["tabard.toml"], files), files)
        return read_package(pack(files))
    except (BadManifest, BadPackage):
        return None


def _edit(files: dict[str, bytes], edit: Put | Add | Take) -> None:
    if isinstance(edit, Take):
        del files[edit.file]
    elif isinstance(edit, Add):
        files[edit.file] = files.get(edit.file, b"") + edit.text.encode()
    elif not edit.old:
        files[edit.file] = edit.new.encode()
    else:
        before = files[edit.file].decode()
        assert edit.old in before, edit
        files[edit.file] = before.replace(edit.old, edit.new, 1).encode()


def failed(package: Package | None, code: Checked | None = None, before: Package | None = None) -> set[str]:
    """The rules that fail, of a product that does in its day what it did before somebody put a fault into it."""
    if package is None:
        return {"manifest-sound", "files-accounted"}
    saw = Saw(code=code, known=replace(KNOWN, advisories=(OLD,)), day=as_before(package))
    return {one.rule for one in assess(package, saw, before=before).findings if one.verdict is Verdict.failed}


def as_before(package: Package) -> Trial:
    """The day of this product, in which it used what the sound one uses."""
    day = lived(package)
    used = {(one.at, scope) for one in lived(sound(package.manifest.id)).parts for scope in one.used}
    parts = (replace(one, used=tuple(each for each in one.used if (one.at, each) in used)) for one in day.parts)
    return replace(day, parts=tuple(parts))


def is_caught(mutant: Mutant, rules: set[str]) -> bool:
    return mutant.rule in rules or (mutant.rule.endswith("-") and any(one.startswith(mutant.rule) for one in rules))


def missed(mutants: tuple[Mutant, ...], seen: dict[Mutant, set[str]]) -> list[str]:
    return [f"{one.what}: {one.rule}, not {sorted(seen[one])}" for one in mutants if not is_caught(one, seen[one])]


@pytest.mark.parametrize("product", ["ward-board", "observations", "early-warning"])
def test_a_sound_product_fails_nothing(product: str) -> None:
    """No false alarm: else nobody would believe the true ones."""
    assert failed(sound(product)) == set()


def test_faults_that_need_no_checker_are_seen_by_the_rule_expected() -> None:
    """A scope added, a secret planted, a hazard lowered, a wheel swapped, a host that is not listed, and so on."""
    seen = {one: failed(mutated(one), before=sound(one.product) if one.by_another else None) for one in PLAIN}
    left = missed(PLAIN, seen)
    assert len(PLAIN) >= 100
    assert len(left) <= (1 - _ENOUGH) * len(PLAIN), left


@pytest.mark.skipif(not HAS_CHECKERS, reason="the static checkers are not here")
def test_faults_in_code_are_seen_by_the_rule_expected() -> None:
    """By the real checkers, in one breath; the sound products beside them are seen to be sound."""
    packages = {f"m{at}": mutated(one) for at, one in enumerate(CODE)} | {
        product: sound(product) for product in ("ward-board", "observations", "early-warning")
    }
    edited = {edit.file for one in CODE for edit in one.edits}
    files = {
        f"{at}/{name}": raw
        for at, package in packages.items()
        if package is not None
        for name, raw in package.files.items()
        if not at.startswith("m") or name in edited
    }
    told = check_files(files)
    assert isinstance(told, Checked)
    seen = {}
    for at, one in enumerate(CODE):
        package = packages[f"m{at}"]
        assert package is not None
        here = {name: raw for name, raw in package.files.items() if name in edited}
        seen[one] = failed(package, part_of(told, f"m{at}", here))
    left = missed(CODE, seen)
    assert len(left) <= (1 - _ENOUGH) * len(CODE), left
    for product in ("ward-board", "observations", "early-warning"):
        assert failed(sound(product), part_of(told, product, sound(product).files)) == set()
