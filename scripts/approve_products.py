"""The papers of the products that come with Tabard, made anew: tests run and recorded, report sealed, signed by the pretend officer.

Run it after any change of `products/`: a changed product is another configuration, and its safety case says so until this ran.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tabard.accreditation.safety.evidence import TESTED
from tabard.accreditation.safety.model import APPROVAL, CASE
from tabard.accreditation.safety.recording import recorded
from tabard.accreditation.safety.sealing import configuration, signed_papers
from tabard.cli.wheels import fetch
from tabard.demo.officer import unsafe_key
from tabard.product import LOCK, Package, build

ROOT = Path(__file__).resolve().parents[1]
TESTS = {
    "ward-board": "tests/story/test_board_alone.py",
    "observations": "tests/story/test_observations_alone.py",
    "early-warning": "products/early-warning/early_warning_test.py",
}


def main() -> None:
    """All of them, or those that are named."""
    for product in sys.argv[1:] or TESTS:
        folder, at = ROOT / "products" / product, datetime.now(UTC)
        package = _built(folder)
        digest = configuration(package.manifest, package.files)
        if digest.encode() not in package.files.get(TESTED, b""):
            for name, raw in recorded((_ran(TESTS[product]),), digest, at.date()).items():
                (folder / name).write_bytes(raw)
        package = _built(folder)
        signed = signed_papers(package.manifest, package.files, unsafe_key(), at)
        for name in (CASE, APPROVAL):
            (folder / name).write_bytes(signed[name])
        print(f"{product}: configuration {digest[:16]}…, approved by the pretend officer")


def _built(folder: Path) -> Package:
    """The package of a product, with the wheels that its lock names."""
    with tempfile.TemporaryDirectory() as apart:
        copy = Path(apart) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", "wheels", ".*"))
        if (copy / LOCK).is_file():
            fetch(copy)
        return build(copy)


def _ran(tests: str) -> bytes:
    """The JUnit report of these tests. Whether they passed, the report says."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, f"--junitxml={report}"]
        places = [str(ROOT / tests.rpartition("/")[0]), str(ROOT / "kit/src"), os.environ.get("PYTHONPATH", "")]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places)), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, cwd=ROOT, env=env, check=False)  # noqa: S603  our own tests
        return report.read_bytes()


if __name__ == "__main__":
    main()
