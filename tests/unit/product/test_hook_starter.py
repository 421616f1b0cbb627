"""What `tabard product new --kind hook` makes is whole: it builds, its service answers, and it owes a safety officer alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from tabard.accreditation import Verdict, absent, assess
from tabard.cli.wheels import fetch
from tabard.ground.errors import CallerError
from tabard.product import build


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "early-signs"
    command = [sys.executable, "-m", "tabard", "product", "new", str(folder), "--kind", "hook", "--publisher", "RZZ"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own command
    assert ran.returncode == 0, ran.stderr
    return folder


def test_it_owes_people_and_nothing_else(begun: Path) -> None:
    """A safety officer, and somebody whom a hospital may ask: no other rule fails."""
    findings = assess(build(begun), absent(), lambda _: None).findings
    wrong = {one.rule for one in findings if one.verdict in (Verdict.failed, Verdict.error)}
    assert wrong == {"safety-officer-named", "safety-log-signed", "support-named"}
    unsigned = {one.rule for one in findings if "nobody" in one.got}
    assert unsigned >= {"safety-log-signed", "safety-case-of-this-log", "safety-registration-in-date"}


def test_its_own_test_passes(begun: Path) -> None:
    """With the wheel that lies in it on the path, and nothing of Tabard."""
    (wheel,) = (begun / "wheels").glob("*.whl")
    told = {"PYTHONPATH": f"{wheel}:{begun}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(begun / "service_test.py")]
    ran = subprocess.run(command, env=told, capture_output=True, text=True, check=False, cwd=begun)  # noqa: S603  its own test
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_wheel_that_is_not_there_is_fetched(begun: Path) -> None:
    """What comes is what the lock names, and the package is the same as before."""
    before = build(begun).sha256
    (wheel,) = (begun / "wheels").glob("*.whl")
    wheel.unlink()
    assert fetch(begun) == (wheel.name,)
    assert fetch(begun) == ()
    assert build(begun).sha256 == before


def test_a_lock_that_cannot_be_read_fetches_nothing(tmp_path: Path) -> None:
    """It is told line by line, before anything is asked of anybody."""
    (tmp_path / "requirements.txt").write_text("anything\n")
    with pytest.raises(CallerError, match=r"requirements\.txt:1"):
        fetch(tmp_path)
