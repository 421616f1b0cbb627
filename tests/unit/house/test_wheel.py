"""What an installed Tabard contains: its pages' browser parts, the demo's product, and nothing of the tests."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tabard.cli.wheels import kit_wheel

ROOT = Path(__file__).parents[3]
LARGEST_BYTES = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release would be."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603  our own build
    return next(folder.glob("*.whl"))


@pytest.mark.parametrize(
    "part",
    [
        "tabard/py.typed",
        "tabard/dialect/shipped/itk-2.4.toml",
        "tabard/fhir/search_parameters.json",
        "tabard/sandbox/people.toml",
        "tabard/web/design/assets/vendor/nhsuk.css",
        "tabard/demo/products/ward-board/tabard.toml",
        "tabard/demo/products/ward-board/vendor/fhir-client.js",
        "tabard/demo/products/observations/tabard.toml",
        "tabard/demo/products/observations/vendor/fhir-client.js",
        "tabard/accreditation/vendor/axe.min.js",
        "tabard/dialect/shipped/millennium-uk.toml",
        "tabard/product/manifest.schema.json",
        "tabard/product/starter/index.html",
        "tabard/web/design/templates/cells.html",
        "tabard/web/store/assets/sign.js",
        "tabard/web/store/templates/case.html",
    ],
)
def test_the_wheel_holds_what_runs(wheel: Path, part: str) -> None:
    """Data and built parts travel with the code: an installed Tabard fetches nothing."""
    assert part in ZipFile(wheel).namelist()


def test_the_wheel_holds_the_kit(wheel: Path) -> None:
    """The very bytes that a checkout builds: `tabard product new --kind hook` works where no checkout is."""
    (held,) = [name for name in ZipFile(wheel).namelist() if name.startswith("tabard/kit/")]
    kit = kit_wheel()
    assert held == f"tabard/kit/{kit.file_name}"
    assert ZipFile(wheel).read(held) == kit.raw


def test_the_wheel_holds_no_tests_and_stays_small(wheel: Path) -> None:
    """A hospital installs what it runs and no more."""
    assert [name for name in ZipFile(wheel).namelist() if "test" in name.lower().split("/")[0]] == []
    assert wheel.stat().st_size < LARGEST_BYTES


def test_nothing_in_the_wheel_is_fetched_from_outside(wheel: Path) -> None:
    """The built styles name no address: a hospital network without internet shows the same pages."""
    styles = ZipFile(wheel).read("tabard/web/design/assets/vendor/nhsuk.css")
    assert b"//assets" not in styles
    assert b"@font-face" not in styles
