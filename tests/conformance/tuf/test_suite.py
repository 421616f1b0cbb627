"""The public conformance suite of TUF clients, run against ours where somebody has it checked out.

`TABARD_TUF_CONFORMANCE` names the folder (github.com/theupdateframework/tuf-conformance); it needs the program `faketime`
and takes some minutes. Nothing of the suite is kept here.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

VARIABLE = "TABARD_TUF_CONFORMANCE"
AT_LEAST = 113
"""How many tests the suite had when this was written: fewer means that not all of it was run."""


@pytest.fixture
def checkout() -> Path:
    """The suite, where there is one."""
    told = os.environ.get(VARIABLE)
    if not told:
        pytest.skip(f"{VARIABLE} names no checkout of the suite")
    if shutil.which("faketime") is None:
        pytest.skip("the suite needs the program faketime, which is not here")
    folder = Path(told).absolute()
    assert (folder / "tuf_conformance").is_dir(), f"{folder} is no checkout of the suite"
    return folder


def test_our_client_conforms(checkout: Path, tmp_path: Path) -> None:
    """Every test of the suite passes against our client, none is skipped and none expected to fail."""
    ours = f"{sys.executable} {Path(__file__).with_name('client_under_test.py')}"
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "--entrypoint", ours]
    run = subprocess.run(  # noqa: S603  the interpreter that runs this, and a checkout that its user named
        [*command, f"--rootdir={checkout}", "-c", "pyproject.toml", f"--junitxml={report}", "tuf_conformance"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:]
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314  written by the run just above
    assert suite is not None
    assert [suite.get(name) for name in ("failures", "errors", "skipped")] == ["0", "0", "0"]
    assert int(suite.get("tests", "0")) >= AT_LEAST
