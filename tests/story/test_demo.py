"""The whole story by its command: every step comes true, and the file of it says so."""

import json
import subprocess
import sys
from pathlib import Path

from tabard.demo import once


def test_the_demo_once(tmp_path: Path) -> None:
    """`tabard demo --once` plays every step, leaves its store and hospitals in --dir, tells steps, addresses and people, and exits 0."""
    file, folder = tmp_path / "told.json", tmp_path / "hospital"
    command = [sys.executable, "-m", "tabard", "demo", "--once", "--json", str(file), "--dir", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)  # noqa: S603  our own command
    told = json.loads(file.read_text())
    assert [(step["name"], step["ok"]) for step in told["steps"]] == [(step.name, True) for step in once()], (
        ended.stdout
    )
    assert ended.returncode == 0
    assert {"store", "catalogue", "st_elsewhere", "millpond_royal", "st_elsewhere_fhir"} <= set(told["addresses"])
    assert {where: len(people) for where, people in told["people"].items()} == {
        "store": 2,
        "st_elsewhere": 3,
        "millpond_royal": 3,
    }
    assert all((folder / house / "hospital.toml").is_file() for house in ("st-elsewhere", "millpond-royal"))
    assert (folder / "store/store.toml").is_file()
