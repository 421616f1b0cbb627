"""A process that hands evidence in is killed as by a power cut: no line without its bytes, and no bytes without a line for good."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge.store.hands_in import ITEM, MINE, RAW
from tabard.store import Store, load
from unit.store.world import world

_PROGRAM = Path(__file__).with_name("hands_in.py")


def killed(folder: Path, step: str) -> Store:
    """The store that a process left behind that was killed at that step."""
    store = world(folder).store
    tests = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), tests)))
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, str(_PROGRAM), str(store.folder.root), step],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        timeout=120,
    )
    assert done.returncode == -9
    return load(store.folder.root)


@pytest.mark.parametrize(("step", "left"), [("in-file", 0), ("before-line", 1), ("in-line", 1)])
def test_killed_between_bytes_and_line(tmp_path: Path, step: str, left: int) -> None:
    """Nothing stands in the ledger; what lies there is taken away once it is old, or adopted when it is sent again."""
    store = killed(tmp_path, step)
    assert store.evidence.ledger("RZZ").entries == ()
    found = list(store.folder.evidence.iterdir())
    assert len(found) == 1
    assert [one.name for one in found].count(ITEM.sha256) == left
    for one in found:
        os.utime(one, (0, 0))
    assert store.keep_evidence(MINE, ITEM, RAW).is_new
    taken_away = store.desk.tidy()
    assert taken_away == tuple(one.name for one in found if one.name != ITEM.sha256)
    assert store.evidence_bytes(ITEM.sha256) == RAW
    assert [one.name for one in store.folder.evidence.iterdir()] == [ITEM.sha256]
