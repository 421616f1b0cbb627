"""`tabard accredit framework`, told to a person and to a machine."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tabard.accreditation.claims import BadClaims
from tabard.accreditation.frameworks import NoSuchCriterion, framework
from tabard.cli.main import command_line
from tabard.ground.errors import CallerError
from unit.product import made


def tabard(*words: str | Path) -> Result:
    return CliRunner().invoke(command_line(["accredit"]), ["accredit", "framework", *map(str, words)])


def told(*words: str | Path) -> Any:
    done = tabard(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_each_framework_is_listed_with_its_digest_and_whether_it_is_in_force() -> None:
    """On the day that is asked for."""
    rows = {row["id"]: row for row in told("list", "--on", "2026-04-05")}
    assert rows["dtac-2.0"]["in_force"] is False
    assert rows["dcb0129-4.2"]["in_force"] is True
    assert rows["asvs-5.0"]["sha256"] == framework("asvs-5.0").sha256
    assert "not in force" in tabard("list", "--on", "2026-04-05").output


def test_a_framework_and_a_criterion_are_shown() -> None:
    """With the rules that look at it, and what a reader must know."""
    assert len(told("show", "wcag-2.2")["criteria_of_it"]) == 55
    assert told("show", "tabard/no-secrets")["rules"] == ["no-secrets"]
    assert "a person judges it" in tabard("show", "dtac-2.0/C3.3").output
    assert "C4.3" in tabard("show", "dtac-2.0").output
    assert isinstance(tabard("show", "dtac-9").exception, NoSuchCriterion)
    assert isinstance(tabard("show", "dtac-2.0/C9").exception, NoSuchCriterion)


def test_a_maker_sees_what_is_asked_before_submitting(tmp_path: Path) -> None:
    """The class with its reasons, what is claimed, and why the rest is not asked."""
    claims = b'[[claim]]\ncriterion = "dtac-2.0/C1.2.4"\nstate = "done"\nevidence = ["hazards.toml"]\n'
    folder = made.folder_of(tmp_path, {**made.FILES, "claims.toml": claims})
    found = told("asked", folder, "--on", "2026-11-22")
    assert (found["class"], len(found["roles"])) == (3, 4)
    assert {one["id"]: one["claim"] for one in found["asked"]}["dtac-2.0/C1.2.4"] == "done"
    assert all(one["why"] for one in found["set_aside"])
    said = tabard("asked", folder, "--on", "2026-11-22").output
    assert "Tiny is of class 3" in said
    assert "1 done" in said


def test_claims_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """And not taken for none."""
    folder = made.folder_of(tmp_path, {**made.FILES, "claims.toml": b"[[claim]]\n"})
    assert isinstance(tabard("asked", folder).exception, BadClaims)


def test_a_proposed_version_is_held_against_the_one_in_force(tmp_path: Path) -> None:
    """Before anybody puts it in force."""
    shipped = (Path(__file__).parents[3] / "src/tabard/accreditation/frameworks/data/tabard-1.0.toml").read_text()
    proposed = tmp_path / "tabard-1.1.toml"
    proposed.write_text(shipped.replace('version = "1.0"', 'version = "1.1"').replace("No secrets", "No secret at all"))
    found = told("diff", "tabard-1.0", proposed)
    assert [(one["number"], one["change"], one["what"]) for one in found["differences"]] == [
        ("no-secrets", "changed", ["title"])
    ]
    assert "1 differences" in tabard("diff", "tabard-1.0", proposed).output


@pytest.mark.parametrize("content", [b"\xff", b"x = 1", b"["])
def test_a_proposal_that_is_none_is_the_caller_s_fault(tmp_path: Path, content: bytes) -> None:
    """It is not ours."""
    (tmp_path / "new.toml").write_bytes(content)
    assert isinstance(tabard("diff", "tabard-1.0", tmp_path / "new.toml").exception, CallerError)
    assert isinstance(tabard("diff", "tabard-1.0", tmp_path / "none.toml").exception, CallerError)
