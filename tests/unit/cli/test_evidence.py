"""`tabard product evidence` on the command line, against a store that answers in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from tabard import accreditation
from tabard.cli import evidence_list
from tabard.cli.product import app
from tabard.ground.errors import CallerError, NotFound, TabardError
from tabard.product import build
from tabard.store import evidence_asking, evidence_desk
from unit.cli.at_store import answered, reach, run
from unit.store.product_files import folder_of
from unit.store.world import START, World, world as made

CLAIMS = """
[[claim]]
criterion = "dtac-2.0/C2.1"
state = "done"
{evidence}
"""
TOOLKIT = (
    *("--kind", "dspt", "--title", "DSPT 2025-26", "--made", "2026-01-05", "--serves", "dtac-2.0/C2.1"),
    *("--says", "status=Standards met", "--says", "year=2025-26"),
)


@pytest.fixture(name="world")
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A store that the commands reach, the maker's key in a file, and a document."""
    world = made(tmp_path)
    reach(world, monkeypatch)
    (tmp_path / "dspt.pdf").write_bytes(b"%PDF-1.7 the toolkit")
    (tmp_path / "newer.pdf").write_bytes(b"%PDF-1.7 the newer toolkit")
    return world


def add(world: World, *more: object) -> dict[str, Any]:
    told: dict[str, Any] = answered("add", world.folder / "dspt.pdf", *TOOLKIT, *more)
    return told


def test_a_document_is_handed_in_once(world: World) -> None:
    """The answer says what it is known by, until when it stands and how a claim points at it; again, that it was there."""
    words = run("add", world.folder / "dspt.pdf", *TOOLKIT).stdout
    told = add(world)
    assert told["id"].startswith("dspt-20260105-")
    assert told["is_new"] is False
    for part in (told["id"], "2027-07-01", f'evidence = ["sha256:{told["sha256"]}"]'):
        assert part in words
    assert "it was here already" in run("add", world.folder / "dspt.pdf", *TOOLKIT).stdout


def test_the_list_tells_how_each_item_stands(world: World) -> None:
    """Before there is any, what to do; then kind, owner, criteria; and of what is gone, why."""
    assert "nothing is kept yet" in run("list").stdout
    told = add(world)
    shown = run("list").stdout
    assert "until 2027-07-01" in shown
    assert "dspt, of the organisation: DSPT 2025-26" in shown
    assert f"sha256:{told['sha256']}  serves dtac-2.0/C2.1" in shown
    run("withdraw", told["id"], "--reason", "It was another's.")
    shown = run("list").stdout
    assert "GONE" in shown
    assert "it was withdrawn on 2026-03-02: It was another's." in shown


def test_a_newer_document_takes_the_place_of_one_that_stands(world: World) -> None:
    """What is not said stays as it was; what was replaced cannot be replaced again."""
    first = add(world)
    newer = world.folder / "newer.pdf"
    second = answered("replace", first["id"][:8], newer, "--made", "2026-02-01", "--says", "status=Standards exceeded", "--says", "year=2025-26")  # fmt: skip
    assert (second["title"], second["serves"]) == (first["title"], first["serves"])
    assert second["says"] == {"status": "Standards exceeded", "year": "2025-26"}
    assert [one["stands"] for one in answered("list")["items"]] == [False, True]
    third = answered("replace", second["sha256"][:10], newer, "--made", "2026-02-02", "--title", "Another title")
    assert third["title"] == "Another title"
    with pytest.raises(CallerError, match="only what stands"):
        run("replace", first["id"], newer, "--made", "2026-02-03")


def test_an_item_s_bytes_are_fetched(world: World) -> None:
    """By its maker by any name, by an assessor by its digest; nothing is written over."""
    told, out = add(world), world.folder / "again.pdf"
    run("get", told["id"], "--out", out)
    assert out.read_bytes() == b"%PDF-1.7 the toolkit"
    with pytest.raises(CallerError, match="cannot be written"):
        run("get", told["id"], "--out", out)
    other = world.folder / "read.pdf"
    assert answered("get", told["sha256"], "--out", other, "--key", world.folder / "ada.pem")["size_bytes"] == 20
    with pytest.raises(NotFound):
        run("get", "a" * 64, "--out", world.folder / "none.pdf")


def test_the_line_for_a_claim_is_printed(world: World) -> None:
    """Of items at the store, of items in a list, of files; it can be pasted as it is."""
    told, listed = add(world), world.folder / "list.json"
    listed.write_text(run("list", "--json").stdout)
    line = f'    "sha256:{told["sha256"]}",  # '
    assert f"{line}DSPT 2025-26, until 2027-07-01" in run("cite", "dspt").stdout
    assert line in run("cite", "dspt", "--evidence", listed).stdout
    assert f"{line}dspt.pdf" in run("cite", world.folder / "dspt.pdf").stdout
    assert answered("cite", told["id"]) == [{"evidence": f"sha256:{told['sha256']}", "title": "DSPT 2025-26, until 2027-07-01"}]  # fmt: skip
    run("withdraw", told["id"], "--reason", "It was another's.")
    with pytest.raises(CallerError, match="stands no more"):
        run("cite", told["id"])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (("--kind", "dsp"), "expected: dspt"),
        (("--kind", "breakfast"), "expected: hazard-log or"),
        (("--serves", "C3.3"), "expected: dtac-2.0/C3.3"),
        (("--serves", "nothing at all"), "no such criterion"),
        (("--kind", "penetration-test"), 'worst_cvss="6.9"'),
        (("--kind", "cyber-essentials", "--says", "number=1", "--says", "scope=all"), "the day on which it ends"),
        (("--kind", "test-report"), "of which package"),
        (("--product", "sun-dial"), "of the organisation"),
        (("--says", "status"), "NAME=VALUE"),
        (("--title", " "), "a title"),
    ],
)
def test_what_can_be_wrong_is_told_before_anything_is_sent(
    world: World, changed: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what was meant, where that can be guessed."""
    monkeypatch.setattr(httpx, "Client", None)
    with pytest.raises(TabardError) as refused:
        run("add", world.folder / "dspt.pdf", *TOOLKIT, *changed)
    assert words in str(refused.value)


def test_a_file_that_cannot_be_handed_in_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not there, empty, too large; and of a kind that the store does not take, in the store's words."""
    (world.folder / "empty").write_bytes(b"")
    (world.folder / "program").write_bytes(b"\x7fELF")
    monkeypatch.setattr(evidence_asking, "LARGEST_EVIDENCE_BYTES", 24)
    for name, words in (
        ("none", "cannot be read"),
        ("empty", "0 bytes"),
        ("newer.pdf", "26 bytes"),
        ("program", "PDF"),
    ):
        with pytest.raises(CallerError) as refused:
            run("add", world.folder / name, *TOOLKIT)
        assert words in str(refused.value)


def test_evidence_of_a_package_is_of_its_product(world: World) -> None:
    """Its digest and its product are read off the package itself."""
    package, path = world.package(), world.folder / "tiny.tabard"
    path.write_bytes(package.raw)
    told = answered(
        *("add", world.folder / "dspt.pdf", "--kind", "test-report", "--title", "Tests", "--made", "2026-01-05"),
        *("--serves", "dcb0129-4.2/6.3.2", "--package", path),
    )
    assert (told["for_product"], told["for_package"]) == ("tiny", package.sha256)
    with pytest.raises(CallerError, match="of another product"):
        run("add", world.folder / "dspt.pdf", *TOOLKIT, "--package", path, "--product", "sun-dial")


def test_every_kind_is_told() -> None:
    """With whose it is and what it must say, without any other word."""
    shown = run("add", "--kinds").stdout
    assert "dspt                      the organisation's" in shown
    assert '--says worst_cvss="6.9" --says tester="Testers Ltd"' in shown
    assert "test-report               one package's       --package FILE" in shown


@pytest.fixture(name="product")
def _product(tmp_path: Path) -> Callable[[str], Path]:
    """The folder of a product whose claims name that evidence."""

    def of(evidence: str) -> Path:
        folder = folder_of(tmp_path / "tiny")
        (folder / "claims.toml").write_text(CLAIMS.format(evidence=evidence))
        return folder

    return of


def test_a_check_tells_what_the_store_would_not_know(
    world: World, product: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """By the list that the store told; what stands there stands here, also what was put in another's place."""
    told, listed = add(world), world.folder / "list.json"
    package = build(product(run("cite", "dspt").stdout))

    def unproven(*, as_json: bool = False) -> int:
        listed.write_text(run("list", "--json").stdout)
        return evidence_list.tell_unproven(package, evidence_list.read_list(listed), START.date(), as_json=as_json)

    assert unproven() == 0
    assert "all of it stands" in capsys.readouterr().out
    newer = answered("replace", told["id"], world.folder / "newer.pdf", "--made", "2026-02-01")
    assert unproven() == 0
    run("withdraw", newer["id"], "--reason", "It was another's.")
    capsys.readouterr()
    assert unproven() == 1
    assert f"dtac-2.0/C2.1: the evidence {told['sha256'][:12]}" in capsys.readouterr().out
    assert unproven(as_json=True) == 1
    line = json.loads(capsys.readouterr().out)
    assert (line["criterion"], line["evidence"], line["stands"]) == ("dtac-2.0/C2.1", told["sha256"], False)


def test_a_list_that_is_none_or_was_changed_is_not_believed(world: World, product: Callable[[str], Path]) -> None:
    """Nor one of another organisation."""
    add(world)
    told, listed = answered("list"), world.folder / "list.json"
    for changed, words in (
        ({"ledger": [{**told["ledger"][0], "by": "Nobody"}]}, "was changed"),
        ({"ledger": []}, "was changed"),
        ({"ledger": "all"}, "no list"),
    ):
        listed.write_text(json.dumps({**told, **changed}))
        with pytest.raises(CallerError, match=words):
            evidence_list.read_list(listed)
    listed.write_text(json.dumps({**told, "organisation": "RYY"}))
    package = build(product('evidence = ["tabard.toml"]'))
    with pytest.raises(CallerError, match="another organisation"):
        evidence_list.tell_unproven(package, evidence_list.read_list(listed), START.date(), as_json=False)


def test_the_check_command_takes_the_list(
    world: World, product: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And ends with 1 where something is not shown, whatever the rules found."""
    monkeypatch.setattr(accreditation, "assess", lambda *_given, **_more: SimpleNamespace(findings=()))
    listed, folder = world.folder / "list.json", product(f'evidence = ["sha256:{"e" * 64}"]')
    listed.write_text(run("list", "--json").stdout)
    command = ["check", str(folder), "--no-browser", "--no-trial", "--evidence", str(listed)]
    told = CliRunner().invoke(app, command, catch_exceptions=False)
    assert told.exit_code == 1
    assert "evidence      dtac-2.0/C2.1: the evidence eeeeeeeeeeee… is not among what stands" in told.stdout


def test_the_store_has_the_last_word(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it refuses is told in its own words."""
    monkeypatch.setattr(evidence_desk, "MOST_STANDING", 0)
    with pytest.raises(CallerError, match="items that stand"):
        run("add", world.folder / "dspt.pdf", *TOOLKIT)
