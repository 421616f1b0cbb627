"""`tabard catalogue` on the command line: keys changed, drills, exports, receipts, reach, components, a recall undone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tabard.catalogue import Channel, Receipt
from tabard.cli.main import command_line
from tabard.ground.errors import CallerError
from tabard.ground.keys import new_signing_key, write_signing_key
from tabard.ground.time import to_us
from unit.catalogue.centre import Centre, a_centre

APP = command_line(["catalogue"])


@pytest.fixture
def living(tmp_path: Path) -> Centre:
    """A centre that has published a product, now: a command's clock is the machine's."""
    centre = a_centre(tmp_path / "store", datetime.now(UTC))
    centre.publishing.publish(centre.entry())
    (tmp_path / "root.json").write_bytes(centre.publishing.root())
    return centre


def run(*words: object) -> Result:
    """What the command says; its errors come as they are."""
    return CliRunner().invoke(APP, ["catalogue", *map(str, words)], catch_exceptions=False)


def offline(centre: Centre, name: str) -> Path:
    """The file of an offline key."""
    return centre.root / f"offline/{name}.pem"


def test_keys_are_changed_one_signature_after_the_other(living: Centre, tmp_path: Path) -> None:
    """Begun by one, told who is missing, ended by the other; what waits may be abandoned."""
    lost = living.keys("root")[0].public.keyid[:12]
    said = run(
        "rotate", living.root, "root", "--lost", lost, "--into", tmp_path / "new", "--key", offline(living, "root-2")
    )
    assert "waits for signatures" in said.output
    told = json.loads(run("rotate", living.root, "--json").output)
    assert told["missing"] == [{"document": "root", "by": "the keys before", "have": 1, "need": 2}]
    with pytest.raises(CallerError, match="waits for signatures"):
        run("rotate", living.root, "recall")
    assert "are changed, and published" in run("rotate", living.root, "--key", offline(living, "root-3")).output
    assert "No change of keys" in run("rotate", living.root, "--abandon").output
    with pytest.raises(CallerError, match="no one key"):
        run("rotate", living.root, "root", "--lost", "zz")
    run("rotate", living.root, "timestamp")
    assert "No change of keys" in run("rotate", living.root, "--abandon").output
    assert "No change of keys" in run("rotate", living.root).output


def test_a_drill_is_told_step_by_step(living: Centre) -> None:
    """In words and as JSON; without a name the drills are named."""
    told = json.loads(run("drill", living.root, "stolen-online", "--json").output)
    assert told["is_well"]
    assert len(told["steps"]) > 5
    assert "Well: a centre would have come through." in run("drill", living.root, "lost-key", "recall").output
    assert "fast-forward" in json.loads(run("drill", living.root, "--json").output)
    assert "half-done" in run("drill", living.root).output


def test_a_drilled_recall_reaches_a_site_by_its_receipt(living: Centre, tmp_path: Path) -> None:
    """Exported, enrolled, received, and told by name; a receipt twice is refused."""
    key = new_signing_key()
    (tmp_path / "rxx.pem").write_text(key.public.pem)
    run("enrol-site", living.root, "--ods", "RXX", "--name", "St Elsewhere", "--key", tmp_path / "rxx.pem")
    words = ["--reason", "A drill.", "--remedy", "Nothing.", "--key", offline(living, "recall-1")]
    recall = json.loads(run("recall", living.root, "ward-board", "--drill", *words, "--json").output)
    assert (recall["level"], recall["is_drill"]) == ("advisory", True)
    assert "St Elsewhere (RXX), last heard never" in run("reach", living.root, recall["id"]).output
    now = datetime.now(UTC) + timedelta(seconds=1)
    receipt = Receipt("RXX", to_us(now), now, 2, Channel.airgap, ())
    (tmp_path / "receipt.json").write_bytes(receipt.sealed(key))
    assert json.loads(run("receive", living.root, tmp_path / "receipt.json", "--json").output)["site"] == "RXX"
    told = json.loads(run("reach", living.root, recall["id"], "--json").output)
    assert [(one["name"], one["how"]) for one in told["sites"]] == [("St Elsewhere", "acted")]
    with pytest.raises(CallerError, match="was here before"):
        run("receive", living.root, tmp_path / "receipt.json")


def test_a_stick_is_filled(living: Centre, tmp_path: Path) -> None:
    """What it holds, since when, until when."""
    said = run("export", tmp_path / "stick", "--from", living.public, "--root", tmp_path / "root.json").output
    assert "channel airgap" in said
    assert "1 products" in said
    told = json.loads(
        run(
            "export",
            tmp_path / "m",
            "--from",
            living.public,
            "--root",
            tmp_path / "root.json",
            "--channel",
            "live",
            "--json",
        ).output
    )
    assert told["products"] == ["ward-board"]


def test_a_component_and_its_products(living: Centre) -> None:
    """A package whose bill cannot be read is told, and not recalled."""
    assert json.loads(run("affected", living.root, "pkg:npm/x", "--json").output)[0]["component"] == ""
    words = ["--reason", "Old.", "--remedy", "None.", "--level", "stop", "--key", offline(living, "recall-1")]
    assert "Not recalled: ward-board" in run("recall-component", living.root, "pkg:npm/x", *words).output
    assert living.publishing.recalls() == ()


def test_a_recall_is_undone_by_those_who_accredit(living: Centre, tmp_path: Path) -> None:
    """Drafted, signed by each, published; too few are refused."""
    living.publishing.recall(living.recall(), living.keys("recall")[0])
    file, publish = (
        tmp_path / "undo.json",
        ["reinstate", "publish", living.root, tmp_path / "undo.json", "--key", offline(living, "recall-2")],
    )
    run("reinstate", "draft", living.root, "r1", "--reason", "A mistake.", "--out", file)
    for name, key in (("ann", living.ann), ("ben", living.ben)):
        with pytest.raises(CallerError, match="together"):
            run(*publish)
        write_signing_key(tmp_path / f"{name}.pem", key)
        assert "A mistake." in run("reinstate", "sign", file, "--key", tmp_path / f"{name}.pem", "--yes").output
    assert "is undone" in run(*publish).output
    living.clock.move(minutes=5)  # the commands went by the machine's clock, which did not stand still
    assert living.publishing.recalls() == ()
