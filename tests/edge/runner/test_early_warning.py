"""The first hook product, whole: tested, built, judged, installed offline from its wheels, and asked where it is confined."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.runner.running import Parts
from tabard.accreditation import Verdict, absent, assess
from tabard.cli.wheels import fetch, kit_wheel
from tabard.product import LOCK, Package, build
from tabard.runner import Deployment, State

ROOT = Path(__file__).parents[3]
PRODUCT = ROOT / "products/early-warning"
LOINC = "http://loinc.org"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("product") / "early-warning"
    shutil.copytree(PRODUCT, folder, ignore=shutil.ignore_patterns("__pycache__", "wheels", ".*"))
    fetch(folder)
    return build(folder)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory, package: Package) -> Iterator[Parts]:
    running = Parts(tmp_path_factory.mktemp("hospital") / "parts")
    server = package.manifest.server
    assert server is not None
    with running.runner:
        running.runner.start(Deployment("early-warning", package.sha256, server, lambda: package.files))
        assert running.until("early-warning", State.running, State.given_up).state is State.running
        yield running


def test_the_products_own_tests_and_types_hold() -> None:
    """The chart at the edges of every band, and what is said of what is missing."""
    places = f"{ROOT / 'kit/src'}:{PRODUCT}"
    told = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": places,
        "MYPYPATH": places,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for command in (
        ["pytest", "-q", "-p", "no:cacheprovider", str(PRODUCT / "early_warning_test.py")],
        ["mypy", "--no-incremental", "-p", "early_warning"],
    ):
        ran = subprocess.run(  # noqa: S603  our own tests
            [sys.executable, "-m", *command], cwd=ROOT, env=told, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_its_lock_names_the_kit_as_it_is() -> None:
    """Whoever changes the kit locks it anew: what is accredited is what is in the repository."""
    assert (PRODUCT / LOCK).read_text() == kit_wheel().locked


def test_it_passes_the_rules(package: Package) -> None:
    """No rule fails; what wants a probe is not assessed here."""
    findings = assess(package, absent(), lambda _: None).findings
    assert [one for one in findings if one.verdict in (Verdict.failed, Verdict.error)] == []


def sign(code: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-01T10:00:00Z",
        "valueQuantity": {"value": value, "code": unit},
    }


def test_it_answers_a_real_call(parts: Parts) -> None:
    """Over its socket, confined, out of an environment that was made without a network."""
    vitals = [sign("9279-1", 26, "/min"), sign("59408-5", 90, "%"), sign("8867-4", 95, "/min")]
    call = {
        "hook": "patient-view",
        "hookInstance": "1",
        "context": {"patientId": "p1", "userId": "Practitioner/1"},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": "p1", "birthDate": "1950-01-01"},
            "vitals": {"resourceType": "Bundle", "entry": [{"resource": one} for one in vitals]},
        },
    }
    answer = parts.runner.call("early-warning", "POST", "/cds-services/news2", json.dumps(call).encode())
    assert answer.status == 200
    (card,) = json.loads(answer.body)["cards"]
    assert card["summary"] == "NEWS2 at least 7: 4 of 7 signs not recorded, newest measured 01-Mar-2026 10:00"
    assert card["indicator"] == "critical"


def test_a_wheel_that_is_not_the_locked_one_is_not_installed(tmp_path: Path, package: Package) -> None:
    """One byte more, and nothing runs: the reason says so, and no folder is left half made."""
    name = next(name for name in package.files if name.endswith(".whl"))
    files = dict(package.files) | {name: package.files[name] + b"\0"}
    server = package.manifest.server
    assert server is not None
    changed = Parts(tmp_path / "parts")
    with changed.runner:
        changed.runner.start(Deployment("changed", "d1", server, lambda: files))
        health = changed.until("changed", State.given_up)
        assert "wheels could not be installed" in health.reason
        assert "ash" in health.reason  # hash, or Hash mismatch: the installer's own words
        assert list((tmp_path / "parts/changed/versions").iterdir()) == []


def test_a_missing_wheel_is_not_fetched_from_anywhere(tmp_path: Path, package: Package) -> None:
    """What is not in the package does not come: there is no network to come over."""
    files = {name: raw for name, raw in package.files.items() if not name.endswith(".whl")}
    server = package.manifest.server
    assert server is not None
    bare = Parts(tmp_path / "parts")
    with bare.runner:
        bare.runner.start(Deployment("bare", "d1", server, lambda: files))
        assert "wheels could not be installed" in bare.until("bare", State.given_up).reason
