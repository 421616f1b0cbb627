"""The digest of the rules: nothing that decides a verdict is left out of it."""

import shutil
from functools import cache
from pathlib import Path

import grimp
import pytest

import tabard
from tabard.accreditation import RULES, rules_sha256
from tabard.accreditation.rules_digest import JUDGING, KINDS, TRYING

HOUSE = Path(tabard.__file__).parent

FILES = {
    "a rule": "accreditation/rules/least_scopes.py",
    "a rule's own data": "accreditation/rules/licences.toml",
    "a framework": "accreditation/frameworks/data/dtac-2.0.toml",
    "the scheme of risks": "accreditation/hazards/dcb0129-5x5.toml",
    "what codes there are": "accreditation/contents/systems.toml",
    "the age of advisories": "accreditation/advisories/bounds.toml",
    "the checkers' lock": "accreditation/checkers.txt",
    "a rule of semgrep": "accreditation/probing/semgrep/python.yml",
    "how a claim is read": "accreditation/claims/reading.py",
    "how a package is read": "product/package.py",
    "a table of FHIR": "fhir/scopes.py",
    "how TOML is read": "ground/toml.py",
    "the scenes": "trial/scenes.py",
    "a play": "trial/app_day.py",
    "the pretend people": "trial/cast.py",
    "the pretend hospital": "sandbox/census.py",
    "the gateway's door": "gateway/door.py",
    "how a server is confined": "runner/confinement.py",
}
"""One file of each kind that decides a verdict."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rooms, copied: what a test changes there is nobody's."""
    folder = tmp_path_factory.mktemp("house")
    for room in (*JUDGING, *TRYING):
        shutil.copytree(HOUSE / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@cache
def as_copied(house: Path) -> str:
    return rules_sha256(RULES, house)


def test_the_same_text_has_the_same_digest(house: Path) -> None:
    """Wherever it lies."""
    assert as_copied(house) == rules_sha256()


@pytest.mark.parametrize("name", FILES.values(), ids=FILES.keys())
def test_another_text_has_another_digest(house: Path, name: str) -> None:
    """A byte more in any file that decides a verdict."""
    file = house / name
    before = file.read_bytes()
    file.write_bytes(before + b"\n")
    try:
        assert rules_sha256(RULES, house) != as_copied(house)
    finally:
        file.write_bytes(before)


def test_axe_is_known_by_its_own_text(house: Path) -> None:
    """Where it is: another release of it judges otherwise."""
    axe = house / "accreditation/vendor/axe.min.js"
    axe.parent.mkdir(exist_ok=True)
    before = axe.read_bytes() if axe.exists() else None
    axe.write_bytes(b"another")
    try:
        assert rules_sha256(RULES, house) != as_copied(house)
    finally:
        axe.unlink() if before is None else axe.write_bytes(before)


def test_a_new_file_is_in_it_and_what_is_no_text_of_ours_is_not(house: Path) -> None:
    """What Python leaves beside the sources differs from machine to machine."""
    (house / "trial/__pycache__").mkdir(exist_ok=True)
    (house / "trial/__pycache__/scenes.cpython-311.pyc").write_bytes(b"x")
    assert rules_sha256(RULES, house) == as_copied(house)
    for kind in KINDS:
        new = house / f"sandbox/new{kind}"
        new.write_bytes(b"x")
        assert rules_sha256(RULES, house) != as_copied(house), kind
        new.unlink()


def test_every_room_that_judges_or_tries_is_in_it() -> None:
    """Whatever the rules or a trial import, however far away: a room that joins them joins the digest."""
    graph = grimp.build_graph("tabard", cache_dir=None)
    roots = {"tabard.accreditation", "tabard.trial"}
    reached = roots | {one for root in roots for one in graph.find_upstream_modules(root, as_package=True)}
    assert {one.split(".")[1] for one in reached if one != "tabard"} <= {*JUDGING, *TRYING}
