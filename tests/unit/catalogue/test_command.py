"""`tabard catalogue` on the command line: the chain walked by a stranger, a recall issued, offline roles renewed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.catalogue import NotPublished, Untrusted, roles
from tabard.cli.main import command_line
from tabard.decision import NotAccredited
from tabard.ground.errors import CallerError, NotFound
from unit.catalogue.centre import Centre, a_centre

APP = command_line(["catalogue"])


@pytest.fixture
def living(tmp_path: Path) -> Centre:
    """A centre that has published two products, now: a command's clock is the machine's."""
    centre = a_centre(tmp_path, datetime.now(UTC))
    for product in ("ward-board", "observations"):
        centre.publishing.publish(centre.entry(product=product))
    (tmp_path / "root.json").write_bytes(centre.publishing.root())
    return centre


def verify(centre: Centre, *more: str) -> str:
    """What the command says."""
    told = CliRunner().invoke(
        APP, ["catalogue", "verify", "--from", str(centre.public), "--root", str(centre.root / "root.json"), *more]
    )
    if told.exception is not None:
        raise told.exception
    return told.output


def recall(centre: Centre, *more: str, key: str = "recall-1", reason: str = "It shows the wrong bed.") -> str:
    """What the command says."""
    words = ["--reason", reason, "--remedy", "Use paper.", "--key", str(centre.root / f"offline/{key}.pem")]
    told = CliRunner().invoke(APP, ["catalogue", "recall", str(centre.root), *more, *words])
    if told.exception is not None:
        raise told.exception
    return told.output


def test_a_stranger_s_words_make_no_line_of_ours(living: Centre) -> None:
    """Whoever took a recall key can write into its reason what they like: it stays on its line, and moves no cursor."""
    recall(living, "ward-board", "--level", "advisory", reason="Old\x1b[2J\nVerified. All is well.")
    told = verify(living)
    assert [line for line in told.splitlines() if line.startswith("Verified.")] == told.splitlines()[-1:]
    assert "\x1b" not in told


def test_a_stranger_walks_the_whole_chain(living: Centre) -> None:
    """A line a step, from the root to the packages, with who signed it and until when."""
    lines = verify(living).splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [
        *("root", "timestamp", "snapshot", "targets", "recall", "catalogue", "accreditors"),
        *("entry", "decision", "package") * 2,
    ]
    decision = next(line for line in lines if line.startswith("decision"))
    assert "Ann (clinical safety reviewer), Ben (security reviewer)" in decision
    assert f"until {living.clock().year + 1}" in decision
    assert lines[-1].startswith("Verified.")


def test_the_walk_as_json(living: Centre) -> None:
    """The same as JSON, of one product; a recall is told."""
    recall(living, "ward-board", "--level", "stop")
    told = json.loads(verify(living, "ward-board", "--json"))
    assert [step["step"] for step in told["steps"]][-4:] == ["entry", "decision", "package", "recall"]
    assert {step["about"] for step in told["steps"][-3:]} == {"ward-board 1.0.0"}
    assert told["steps"][0]["until"].startswith(str(living.clock().year + 1))


def test_the_walk_ends_where_it_fails(living: Centre, tmp_path: Path) -> None:
    """A tampered package, a decision that does not fit, a product that is not there, another centre's root: told, no more."""
    with pytest.raises(NotFound):
        verify(living, "nothing")
    for path in living.public.glob("packages/*"):
        path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(Untrusted, match="not those"):
        verify(living)
    other = a_centre(tmp_path / "other", living.clock())
    (living.root / "root.json").write_bytes(other.publishing.root())
    with pytest.raises(Untrusted, match="not signed"):
        verify(living)
    (living.root / "root.json").unlink()
    with pytest.raises(CallerError, match="root cannot be read"):
        verify(living)


def test_the_walk_sees_what_a_thief_lists(living: Centre) -> None:
    """An entry whose decision is of another product ends the walk with the decision's own reason."""
    thief, path = living.edition(), roles.entry_path("ward-board")
    bin_name = thief.bin_of(path)
    thief.put(bin_name, path, living.entry(living.listed(product="observations")).to_bytes())
    thief.sign(bin_name)
    thief.publish()
    with pytest.raises(NotAccredited, match="another product"):
        verify(living, "ward-board")


def test_a_recall_of_all_or_of_one_version(living: Centre) -> None:
    """Every version, those to come too, or one by its package's digest; the answer names it."""
    assert "Recalled: ward-board, every version, those to come too, no_new_installs" in recall(
        living, "ward-board", "--level", "no_new_installs"
    )
    told = json.loads(recall(living, "observations", "--version", "1.0.0", "--level", "stop", "--json"))
    listed = living.publishing.entry("observations")
    assert listed is not None
    assert told["packages"] == [listed.newest.package_sha256]
    assert [one.product for one in living.publishing.recalls()] == ["ward-board", "observations"]


def test_a_recall_that_cannot_be_is_told(living: Centre) -> None:
    """Another role's key, a product or version that is not listed, no reason: refused, and nothing is issued."""
    with pytest.raises(NotPublished):
        recall(living, "ward-board", "--level", "stop", key="targets-1")
    for wrong in (["nothing"], ["../x"], ["ward-board", "--version", "9.9.9"]):
        with pytest.raises(NotFound):
            recall(living, *wrong, "--level", "stop")
    with pytest.raises(CallerError, match="says why"):
        recall(living, "ward-board", "--level", "stop", reason=" ")
    assert living.publishing.recalls() == ()


def test_offline_roles_are_renewed(living: Centre) -> None:
    """Until when each holds, and longer once its keys have signed."""
    told = CliRunner().invoke(APP, ["catalogue", "renew", str(living.root)])
    assert [line.split()[0] for line in told.output.splitlines()] == ["root", "targets", "recall"]
    keys = [f"--key={living.root}/offline/targets-{number}.pem" for number in (1, 2)]
    again = CliRunner().invoke(APP, ["catalogue", "renew", str(living.root), "targets", *keys, "--json"])
    assert json.loads(again.output)["targets"] >= f"{living.publishing.expiries()['targets']:%Y-%m-%d}"
    assert living.edition().role(roles.TARGETS).signed.version == 3
    for wrong in (["targets", keys[0]], ["timestamp", *keys]):
        assert isinstance(
            CliRunner().invoke(APP, ["catalogue", "renew", str(living.root), *wrong]).exception, CallerError
        )
