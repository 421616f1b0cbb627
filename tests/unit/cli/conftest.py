"""What the tests of the command line share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_checkers(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No static checkers, which take seconds: a test that is about what they say takes TABARD_CHECKERS away."""
    none = tmp_path_factory.getbasetemp() / "no-checkers"
    monkeypatch.setenv("TABARD_CHECKERS", str(none))
    return none
