"""`tabard product trial`: what was recorded, told to a person and to a machine."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard import trial
from tabard.accreditation import CouldNot, Fared, PartTried, ScenarioTried, Scene, Trial, Wrote
from tabard.cli.product import app
from tabard.demo.products import product_folder

_PART = PartTried(
    0,
    "Board",
    "app",
    ("launch", "user/Encounter.rs"),
    ("launch", "user/Encounter.s"),
    ("tracker.example",),
    ("read Patient: context",),
    (Wrote("Observation", was_taken=False, faults=("no status",)),),
    (Scene("opened", Fared.worked), Scene("revoked", Fared.old)),
    (ScenarioTried("scenarios/a.toml", "A nurse looks", "steps[1]", "expect x", "these words are not shown"),),
)
_OTHER = PartTried(1, "Advice", "hook", (), untried="no bubblewrap", remedy="install it")
_TRIAL = Trial((_PART, _OTHER), (("tabard", "1"),), ("st-elsewhere",), (("seconds", "9.1"),))


def told(monkeypatch: pytest.MonkeyPatch, answer: Trial | CouldNot, *more: str, code: int = 0) -> str:
    monkeypatch.setattr(trial, "try_product", lambda *_: answer)
    done = CliRunner().invoke(app, ["trial", str(Path(product_folder("ward-board"))), *more])
    assert done.exit_code == code, done.output
    return done.stdout


def test_a_maker_reads_what_was_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scopes used and not, hosts, refusals, writes, scenes in words, scenarios with the step, parts that were not tried."""
    out = told(monkeypatch, _TRIAL)
    for words in (
        "user/Encounter.s",
        "never used   user/Encounter.r",
        "tracker.example",
        "read Patient: context",
        "Observation: not taken; no status",
        "SHOWED OLD DATA        revoked: left open while all its rights are taken back",
        "steps[1]: expect x; these words are not shown",
        "NOT TRIED: no bubblewrap",
        _TRIAL.sha256,
        "seconds: 9.1",
    ):
        assert words in out, out


def test_a_machine_reads_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One object, the digest and what was measured beside the facts."""
    out = json.loads(told(monkeypatch, _TRIAL, "--json"))
    assert (out["sha256"], out["measured"]) == (_TRIAL.sha256, {"seconds": "9.1"})
    assert out["parts"][0]["hosts"] == ["tracker.example"]


def test_what_could_not_be_tried_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason, what to do, and exit 1."""
    out = told(monkeypatch, CouldNot("there is no Chromium here", "install one"), code=1)
    assert "NOT TRIED: there is no Chromium here" in out
    assert "install one" in out
