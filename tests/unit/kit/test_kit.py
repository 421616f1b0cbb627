"""The kit is a distribution of its own: its tests and types are held here too, and it depends on nothing."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

KIT = Path(__file__).parents[3] / "kit"


def _run(*command: str) -> str:
    surroundings = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(KIT / "src"), "MYPYPATH": str(KIT / "src")}
    ran = subprocess.run(  # noqa: S603  our own tests
        [sys.executable, "-m", *command], cwd=KIT.parent, env=surroundings, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_kits_own_tests_pass() -> None:
    """They run with the kit alone on the path."""
    assert " passed" in _run("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "kit/tests")


def test_the_kits_types_hold() -> None:
    """Strictly, as everywhere in the house."""
    _run("mypy", "--no-incremental", "kit/src", "kit/tests")


def test_the_kit_depends_on_nothing() -> None:
    """What a product takes in with it is the kit alone, and it imports nothing of Tabard."""
    project = tomllib.loads((KIT / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == []
    texts = [path.read_text() for path in (KIT / "src/tabard_kit").glob("*.py")]
    assert not any(
        "import tabard\n" in text or "from tabard." in text or "from tabard import" in text for text in texts
    )
