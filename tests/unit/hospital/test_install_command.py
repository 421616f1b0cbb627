"""`tabard hospital trust`, `install` and `uninstall` on the command line."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tabard.cli.hospital import app
from tabard.ground.errors import CallerError
from tabard.ground.time import system_clock
from tabard.hospital import BadSettings, InstallRefused, NotForTrials, Step, init, load
from unit.hospital.a_centre import CHEAP, SCOPES, VERIFIER, Centre, Clock, files, package


@pytest.fixture(name="centre")
def _centre(tmp_path: Path) -> Centre:
    """A centre of today, since commands ask the machine for the time."""
    centre = Centre(tmp_path, Clock(system_clock() - timedelta(minutes=1)))
    (tmp_path / "root.json").write_bytes(centre.root)
    centre.publish(package())
    init(tmp_path / "h", "St Elsewhere", "RXX", 8000, cost=CHEAP)
    return centre


def _run(*arguments: object, answer: str | None = None) -> Result:
    """The command's answer; its errors come as they are."""
    return CliRunner().invoke(app, [str(one) for one in arguments], input=answer, catch_exceptions=False)


def _trusting(centre: Centre, folder: Path, *more: str) -> Result:
    return _run("trust", folder / "h", "--catalogue", centre.public, "--root", folder / "root.json", *more)


def test_trust_install_and_uninstall_tell_what_they_did(tmp_path: Path, centre: Centre) -> None:
    """Whom the hospital trusts; each step as it passed; what it takes on, asked; and what is kept."""
    trusting = _trusting(centre, tmp_path).stdout
    assert f"St Elsewhere trusts {VERIFIER}" in trusting
    assert f"root fingerprint  {sha256(centre.root).hexdigest()}\n" in trusting
    told = _run("install", tmp_path / "h", "ward-board", answer="y\n").stdout
    for step in Step:
        assert f"passed  {step.value} " in told
    assert "condition  Use it beside the record system, not in its place." in told
    assert "control    Tell the ward what to do when the feed is silent. (hazard WB-1)" in told
    assert "Does St Elsewhere take this on?" in told
    assert "Ward board 1.0.0 is installed" in told
    assert "is here no more" in _run("uninstall", tmp_path / "h", "ward-board").stdout


def test_a_version_that_may_touch_more_says_so_before_the_yes(tmp_path: Path, centre: Centre) -> None:
    """What is new in what it may touch is pointed out in plain words, and a no leaves the old version."""
    _trusting(centre, tmp_path)
    first = _run("install", tmp_path / "h", "ward-board", answer="y\n").stdout
    assert "more than before" not in first
    assert "Reads hospital visits" in first
    centre.publish(package("1.1.0", scopes=(*SCOPES, "user/Observation.rs")))
    with pytest.raises(InstallRefused, match="not accepted"):
        _run("install", tmp_path / "h", "ward-board", answer="n\n")
    assert load(tmp_path / "h").installs.get("ward-board").version == "1.0.0"
    told = _run("install", tmp_path / "h", "ward-board", answer="y\n").stdout
    assert "more than before  Reads measurements and test results" in told
    assert "1 thing(s) more that it may touch" in told
    assert told.count("more than before") == 1


def test_json_tells_the_same_in_one_object(tmp_path: Path, centre: Centre) -> None:
    """For programs: nothing is asked, so what is taken on must be accepted beforehand."""
    assert json.loads(_trusting(centre, tmp_path, "--json").stdout) == {
        "verifier": VERIFIER,
        "catalogue": str(centre.public),
        "root_sha256": sha256(centre.root).hexdigest(),
    }
    with pytest.raises(InstallRefused):
        _run("install", tmp_path / "h", "ward-board", "--json")
    told: dict[str, Any] = json.loads(
        _run("install", tmp_path / "h", "ward-board@1.0.0", "--json", "--accept-conditions").stdout
    )
    assert [one["step"] for one in told["steps"]] == [step.value for step in Step]
    assert (told["product"], told["version"], told["sha256"]) == ("ward-board", "1.0.0", package().sha256)
    assert told["controls"] == [{"hazard": "WB-1", "words": "Tell the ward what to do when the feed is silent."}]
    gone = json.loads(_run("uninstall", tmp_path / "h", "ward-board", "--json").stdout)
    assert gone == {"product": "ward-board", "version": "1.0.0", "state": "uninstalled"}


def test_a_stranger_s_words_make_no_line_of_ours(tmp_path: Path, centre: Centre) -> None:
    """A thief of the store's keys names a product so that it reads as a step that passed, and clears what stood before."""
    _trusting(centre, tmp_path)
    entry = centre.publishing.entry("ward-board")
    assert entry is not None
    evil = "Board\x1b[2J\n  passed  decision   Accredited by everybody.\u202e"
    centre.publishing.publish(replace(entry, name=evil, publisher=evil))
    told = _run("install", tmp_path / "h", "ward-board", answer="y\n").stdout
    assert [line for line in told.splitlines() if line.startswith("  passed  decision   Accredited by everybody")] == []
    assert not {"\x1b", "\u202e"} & set(told)


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_a_no_and_nobody_at_the_terminal_install_nothing(tmp_path: Path, centre: Centre, answer: str) -> None:
    """Silence is no consent."""
    _trusting(centre, tmp_path)
    with pytest.raises(InstallRefused) as told:
        _run("install", tmp_path / "h", "ward-board", answer=answer)
    assert told.value.step is Step.conditions
    assert load(tmp_path / "h", cost=CHEAP).installs.all() == ()


def test_a_folder_goes_to_a_hospital_for_trials_alone(tmp_path: Path, centre: Centre) -> None:
    """`--folder`, and a product or a folder but not both."""
    del centre
    product = tmp_path / "mine"
    product.mkdir()
    for name, content in files(scopes=SCOPES).items():
        (product / name).write_bytes(content)
    with pytest.raises(NotForTrials):
        _run("install", tmp_path / "h", "--folder", product)
    init(tmp_path / "trials", "Trial", "RXX", 8001, for_trials=True, cost=CHEAP)
    assert "on trial" in _run("install", tmp_path / "trials", "--folder", product).stdout
    for wrong in ([], ["ward-board", "--folder", product]):
        with pytest.raises(CallerError, match="name a product"):
            _run("install", tmp_path / "trials", *wrong)


def test_how_often_to_ask_can_be_said(tmp_path: Path, centre: Centre) -> None:
    """Seconds; too few are refused, and nothing is pinned."""
    with pytest.raises(BadSettings, match="refresh_s"):
        _trusting(centre, tmp_path, "--refresh-s", "1")
    assert load(tmp_path / "h", cost=CHEAP).settings.catalogue is None
    _trusting(centre, tmp_path, "--refresh-s", "20")
    assert load(tmp_path / "h", cost=CHEAP).settings.refresh_s == 20


def test_a_root_that_is_not_there_is_told(tmp_path: Path, centre: Centre) -> None:
    """The file is named."""
    with pytest.raises(CallerError, match=r"nowhere\.json"):
        _run("trust", tmp_path / "h", "--catalogue", centre.public, "--root", tmp_path / "nowhere.json")


def test_a_product_without_for_trials_makes_no_hospital(tmp_path: Path) -> None:
    """`init --product` is for trials; the remedy says how."""
    with pytest.raises(NotForTrials) as told:
        _run("init", tmp_path / "h", "--name", "St Elsewhere", "--ods", "RXX", "--product", tmp_path)
    assert "--for-trials" in (told.value.remedy or "")
    assert not (tmp_path / "h").exists()
