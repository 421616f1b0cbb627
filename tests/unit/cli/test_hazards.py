"""`tabard product hazards`: show, report, diff, tested and approve, on a small product's folder."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tabard.accreditation.errors import BadApproval, BadHazardLog
from tabard.accreditation.safety.model import APPROVAL, CASE
from tabard.accreditation.safety.succession import SUCCESSION
from tabard.cli.main import command_line
from tabard.demo.officer import unsafe_key
from tabard.ground.errors import CallerError
from tabard.ground.keys import new_signing_key, write_signing_key
from tabard.product import SBOM_NAME, build
from unit.accreditation.safe import fails
from unit.accreditation.tiny import HAZARDS, tiny

JUNIT = """<testsuites><testsuite><testcase name="test_it[1]"/><testcase name="test_it[2]"/>
<testcase name="test_bad"><failure/></testcase><testcase name="test_odd"><skipped/></testcase></testsuite></testsuites>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, raw in tiny().files.items():
        if name != SBOM_NAME:
            (tmp_path / "tiny" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "tiny" / name).write_bytes(raw)
    return tmp_path / "tiny"


def run(*words: object, typed: str = "") -> Any:
    done = CliRunner().invoke(command_line(["product"]), ["product", "hazards", *map(str, words)], input=typed)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def told(*words: object, typed: str = "") -> Any:
    return json.loads(run(*words, "--json", typed=typed).stdout)


def test_show_tells_the_log_in_words_and_as_json(folder: Path) -> None:
    """Risks in words, controls with their owners, tasks apart."""
    out = run("show", folder).stdout
    for words in (
        "H1 Old list, or none (controlled)",
        "before   3 (undesirable): major, medium",
        "H1.2     deployer:",
        "takes on",
    ):
        assert words in out
    assert [one["control"] for one in told("show", folder)["tasks"]] == ["H1.2"]


def test_diff_tells_what_changed(folder: Path, tmp_path: Path) -> None:
    """From a package to a folder."""
    (tmp_path / "before").write_bytes(build(folder).raw)
    assert run("diff", tmp_path / "before", folder).stdout == "The hazards are the same.\n"
    (folder / "hazards.toml").write_text(
        HAZARDS.replace('status = "controlled"', 'status = "open"').replace("Care is late.", "Worse.")
    )
    assert told("diff", tmp_path / "before", folder)["words"] == ["The text of H1 changed."]


def test_report_is_written_as_a_page(folder: Path, tmp_path: Path) -> None:
    """And as nothing else than a page or a print."""
    out = tmp_path / "r.html"
    assert told("report", folder, "--out", out)["is_approved"] is True
    assert "<h1>Clinical safety report: tiny 1.0.0</h1>" in out.read_text()
    with pytest.raises(CallerError, match="what kind of report"):
        run("report", folder, "--out", tmp_path / "r.doc")


def test_tests_are_recorded_as_they_came_out(folder: Path, tmp_path: Path) -> None:
    """A test of several cases passed where all did; a failed and a skipped one are told as such; the configuration is named."""
    (tmp_path / "junit.xml").write_text(JUNIT)
    made = told("tested", folder, tmp_path / "junit.xml")["safety/tested.json"]
    assert {one["name"]: one["result"] for one in made["tests"]} == {
        "test_it": "passed",
        "test_bad": "failed",
        "test_odd": "skipped",
    }
    assert json.loads((folder / "safety/tested.json").read_text()) == made
    assert "1 of 3 tests passed" in run("tested", folder, tmp_path / "junit.xml").stdout


@pytest.mark.parametrize("raw", ["", "<a/>", "not", '<!DOCTYPE x [<!ENTITY a "b">]><testcase name="&a;"/>'])
def test_what_is_no_record_of_tests_is_refused(folder: Path, tmp_path: Path, raw: str) -> None:
    """Nothing that ran is no evidence, and no entity is ever resolved."""
    (tmp_path / "junit.xml").write_text(raw)
    with pytest.raises(CallerError):
        run("tested", folder, tmp_path / "junit.xml")


def test_an_officer_approves_after_a_change(folder: Path, tmp_path: Path) -> None:
    """What is signed is told first; a no signs nothing; afterwards every rule passes."""
    write_signing_key(tmp_path / "officer.pem", unsafe_key())
    (folder / "app.css").write_text("body { color: #000000; background: #ffffff; }\n")
    (folder / "safety/approval.json").unlink()
    assert "safety-case-of-this-configuration" in fails(build(folder))
    with pytest.raises(CallerError, match="nothing was signed"):
        run("approve", folder, "--key", tmp_path / "officer.pem", typed="n\n")
    assert not (folder / APPROVAL).exists()
    done = run("approve", folder, "--key", tmp_path / "officer.pem", typed="y\n")
    assert "The worst risk that remains is rated 2." in done.stderr
    answer = told("approve", folder, "--key", tmp_path / "officer.pem", "--yes")
    assert (answer["report"], answer["approval"]) == (CASE, APPROVAL)
    assert fails(build(folder)).keys() <= {"safety-registration-in-date"}  # the pretend registration ends one day


def test_a_case_without_the_lines_to_seal_is_refused(folder: Path, tmp_path: Path) -> None:
    """Nothing is written into a text that does not ask for it."""
    write_signing_key(tmp_path / "officer.pem", unsafe_key())
    case = (folder / CASE).read_text()
    (folder / CASE).write_text(case.replace("configuration_sha256", "configuration"))
    with pytest.raises(Exception, match="the safety case has 1 fault"):
        run("approve", folder, "--key", tmp_path / "officer.pem", "--yes")


def test_hand_over_says_whose_key_takes_over(folder: Path, tmp_path: Path) -> None:
    """By both keys where the old one is at hand; by the new one alone a person of the centre is told of."""
    (tmp_path / "before.tabard").write_bytes(tiny().raw)
    write_signing_key(tmp_path / "old.pem", unsafe_key())
    write_signing_key(tmp_path / "new.pem", new_signing_key())
    words = ("hand-over", folder, "--before", tmp_path / "before.tabard", "--key", tmp_path / "new.pem", "--reason")
    answer = told(*words, "The old card was worn out.", "--old-key", tmp_path / "old.pem")
    assert (answer["succession"], answer["by_old"]) == (SUCCESSION, True)
    assert answer["from"] == unsafe_key().public.keyid != answer["to"]
    assert (folder / SUCCESSION).is_file()
    assert "will ask your organisation" in run(*words, "The old card was worn out.").stdout
    with pytest.raises(BadApproval):
        run(*words, "Lost.")


def test_nobody_signs_a_log_that_names_somebody_else(folder: Path, tmp_path: Path) -> None:
    """The log says by whom it is approved; a signature that contradicts it would fail at the store, and is not made."""
    key = tmp_path / "officer.pem"
    write_signing_key(key, new_signing_key())
    log = folder / "hazards.toml"
    log.write_text(log.read_text().replace('approved_by = "Dr Ada Pretend"', 'approved_by = "nobody yet"'))
    with pytest.raises(BadHazardLog, match='approved_by = "Dr Ada Pretend"'):
        run("approve", folder, "--key", key, "--yes")
