"""The same verdicts on a maker's laptop and at the store: the command and the store's own checker process, held against each other.

In the suite a tiny product is read by the real checkers, by a catalogue's advisories and against the version before it, without a
browser. `TABARD_SAME=whole` lets every product that comes with Tabard be opened in Chromium and lived with for a day, twice on
either side: some minutes.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tabard.accreditation import Report, rules_sha256
from tabard.accreditation.probing.known import sign_advisories
from tabard.catalogue import Publishing, begin
from tabard.cli.main import command_line
from tabard.demo.products import product_folder
from tabard.ground.keys import new_signing_key
from tabard.product import build
from tabard.store import Given, ProcessChecker
from unit.accreditation.safe import papers_of
from unit.accreditation.tiny import FILES, tiny

WHOLE = os.environ.get("TABARD_SAME") == "whole"
PRODUCTS = ("ward-board", "observations", "early-warning")
FORWARD = {'version = "1.0.0"': 'version = "1.1.0"'}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store's catalogue that carries advisories of today."""
    folder = tmp_path_factory.mktemp("centre")
    begin(folder / "catalogue", folder / "offline", "urn:test", bin_bits=1)
    publishing = Publishing(folder / "catalogue")
    publishing.publish_advisories(sign_advisories([], new_signing_key(), datetime.now(UTC)))
    (folder / "root.json").write_bytes(publishing.root())
    return folder


def on_a_laptop(package: Path, catalogue: Path, before: Path | None = None) -> tuple[list[dict[str, Any]], bytes]:
    """What the command tells a machine, and the report that it writes."""
    report = package.with_suffix(".report.json")
    words = ["product", "check", str(package), "--store", str(catalogue), "--report", str(report), "--json"]
    words += [] if before is None else ["--before", str(before)]
    done = CliRunner().invoke(command_line(words), words)
    return [json.loads(line) for line in done.stdout.splitlines()], report.read_bytes()


def at_the_store(package: Path, catalogue: Path, before: Path | None = None) -> Report:
    """What the store's own process says, given what the store gives it."""
    given = Given(before, Publishing(catalogue / "catalogue").advisories())
    return ProcessChecker().check(package, lambda _: None, given)


def seen(findings: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [(one["rule"], one["verdict"], one["place"], one["evidence"]) for one in findings]


def judged(report: Report) -> list[tuple[str, ...]]:
    return [(one.rule, one.verdict.value, one.place, one.evidence) for one in report.findings]


def test_a_tiny_product_is_judged_the_same(tmp_path: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings, places, evidence and rules, digest for digest; the whole report byte for byte; and once more the same."""
    monkeypatch.setenv("TABARD_CHROMIUM", str(tmp_path / "none"))
    package, before = tmp_path / "tiny.tabard", tmp_path / "before.tabard"
    package.write_bytes(tiny({"app.js": FILES["app.js"] + b"eval(document.title);\n"}, FORWARD).raw)
    before.write_bytes(tiny().raw)
    findings, raw = on_a_laptop(package, catalogue, before)
    there = at_the_store(package, catalogue, before)
    assert seen(findings) == judged(there)
    assert raw == there.to_bytes()
    assert (there.rules_sha256, len(there.advisories_sha256)) == (rules_sha256(), 64)
    assert there.before_sha256 == tiny().sha256
    assert on_a_laptop(package, catalogue, before)[1] == raw
    told = {one["rule"]: one["verdict"] for one in findings}
    assert (told["no-known-vulnerability"], told["changelog-kept"], told["runs-no-text"]) == ("pass", "fail", "fail")
    assert "not_assessed" in {one["verdict"] for one in findings if one["rule"].startswith(("pages-", "trial-"))}


def test_times_stand_beside_the_findings_and_not_in_the_report(
    tmp_path: Path, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long a checker took, and how old the advisories are, is told and is in no digest."""
    monkeypatch.setenv("TABARD_CHROMIUM", str(tmp_path / "none"))
    package = tmp_path / "tiny.tabard"
    package.write_bytes(papers_of(tiny()).raw)
    findings, raw = on_a_laptop(package, catalogue)
    assert ["advisories' age", "0 days"] in [each for one in findings for each in one["measured"]]
    assert b"measured" not in raw
    assert b" days" not in raw


@pytest.mark.skipif(not WHOLE, reason="minutes: TABARD_SAME=whole")
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_that_comes_with_tabard_is_judged_the_same(product: str, tmp_path: Path, catalogue: Path) -> None:
    """In Chromium, by the checkers, and in its day at the pretend hospital: twice on either side, the same bytes."""
    package = tmp_path / f"{product}.tabard"
    package.write_bytes(build(product_folder(product)).raw)
    asked: tuple[Callable[[], bytes], ...] = (
        lambda: on_a_laptop(package, catalogue)[1],
        lambda: at_the_store(package, catalogue).to_bytes(),
    )
    told = [ask() for ask in (*asked, *asked)]
    assert len(set(told)) == 1
