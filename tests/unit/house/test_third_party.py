"""Every third-party part that a hospital runs is named with its licence, and the locks carry hashes and no addresses."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = sorted(ROOT.glob("requirements/*.txt"))
NPM_LOCKS = [
    "package-lock.json",
    "scripts/chromium/package-lock.json",
    *(f"tests/conformance/{kind}/package-lock.json" for kind in ("fhir", "mllp")),
]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def test_every_installed_part_is_named_with_its_licence() -> None:
    """THIRD_PARTY.md and the runtime lock name the same Python parts."""
    told = (ROOT / "THIRD_PARTY.md").read_text().split("## Installed beside it")[1].split("## Only with an extra")[0]
    named = {row[0] for row in re.findall(r"^\| ([a-z0-9-]+) \| (.+?) \|$", told, re.MULTILINE)} - {"part"}
    assert named == set(PINNED.findall((ROOT / "requirements/runtime.txt").read_text()))


@pytest.mark.parametrize("lock", LOCKS, ids=[lock.name for lock in LOCKS])
def test_a_python_lock_carries_a_hash_for_each_part(lock: Path) -> None:
    """A part without a hash could be swapped on its way."""
    text = lock.read_text()
    parts = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert parts
    assert [part.split("==")[0] for part in parts if "--hash=sha256:" not in part] == []
    assert "://" not in text


@pytest.mark.parametrize("lock", NPM_LOCKS)
def test_an_npm_lock_carries_a_hash_for_each_part_and_no_address(lock: str) -> None:
    """A lock that names a registry works on one machine only."""
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / lock).read_text())["packages"]
    assert [name for name, part in packages.items() if name and not part.get("integrity")] == []
    assert [name for name, part in packages.items() if "resolved" in part] == []
