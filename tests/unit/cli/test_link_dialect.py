"""`tabard link dialect`: from a file to a live dialect and back, each step by a person, and what each step says."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tabard.accounts import METADATA, Accounts, Cost
from tabard.audit import read
from tabard.cli.link import app
from tabard.database import engine
from tabard.dialect import digest_of, load
from tabard.ground.errors import CallerError, NotFound, TabardError
from tabard.hospital import init
from tabard.link import BrokenHistory, LinkSettings, NotApproved, add_link, live_version
from unit.link.a_feed import fill
from unit.link.itk import Who, adt

CHEAP = Cost(log2_n=4)
PEOPLE = {
    "iain": ("Iain Pryce", {"integration"}),
    "sana": ("Dr Sana Iqbal", {"clinical_safety"}),
    "admin2": ("Ada Min", {"admin"}),
    "nadia": ("Nadia Achebe", {"clinician"}),
}
DIALECT = """
base = "itk-2.4"
name = "ours"
title = "Our feed"
[locations]
ward = 3
bed = 2
"""


@pytest.fixture
def hospital(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hospital with a link, people, and messages in its journal."""
    folder = tmp_path / "trust"
    init(folder, "Trust", "RXX", 8700, cost=CHEAP)
    tables = engine(folder / "hospital.db")
    METADATA.create_all(tables)
    for username, (name, roles) in PEOPLE.items():
        Accounts(tables, CHEAP).put(username, name, frozenset(roles), f"secret of {username}")
    tables.dispose()
    add_link(folder, LinkSettings(name="pas", dialect="itk-2.4", port=0))
    fill(folder, adt("A01", Who(family="SECRETIVE")), adt("A02", place="W2^B2"))
    (tmp_path / "ours.toml").write_text(DIALECT)
    monkeypatch.setenv("TABARD_HOSPITAL", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def as_(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command as a person who types their own password."""

    def run(username: str, *arguments: str, code: int = 0) -> str:
        monkeypatch.setenv("TABARD_PASSWORD", f"secret of {username}")
        return told(*arguments, "--by", username, code=code)

    return run


def told(*arguments: str, code: int = 0) -> str:
    """The output of a command that ends with `code`."""
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def proposed(as_: Any) -> tuple[str, str]:
    """Propose and run: the first digits of the version and of its report."""
    made = json.loads(as_("iain", "dialect", "propose", "pas", "ours.toml", "--reason", "beds moved", "--json"))
    ran = json.loads(as_("iain", "dialect", "shadow", "pas", "--last", "9", "--json"))
    return made["proposal"]["digest"][:12], ran["digest"][:12]


def word(as_: Any, username: str, role: str, version: str, report: str) -> str:
    """One person's word."""
    given: str = as_(username, "dialect", "approve", "pas", "--role", role, "--version", version, "--report", report)
    return given


def test_a_dialect_goes_live_by_two_persons_and_back_by_one(hospital: Path, as_: Any) -> None:
    """Each command says what is next; the history tells all of it."""
    version, report = proposed(as_)
    assert "clinical_safety" in told("dialect", "list")
    assert "word of: clinical_safety." in word(as_, "iain", "integration", version, report)
    with pytest.raises(NotApproved):
        as_("iain", "dialect", "switch", "pas", "--version", version)
    assert f"switch pas --version {version}" in word(as_, "sana", "clinical_safety", version, report)
    assert f"live is {version}" in as_("iain", "dialect", "switch", "pas", "--version", version)
    assert live_version(hospital, "pas").dialect == load("ours.toml")
    assert f"live is {digest_of(load('itk-2.4'))[:12]}" in as_("sana", "dialect", "back", "pas", "--reason", "no")
    steps = [line.split()[3] for line in told("dialect", "history", "pas").splitlines() if " UTC " in line]
    assert steps == ["first", "proposed", "shadowed", "approved", "approved", "live", "back"]
    assert [one["step"] for one in json.loads(told("dialect", "history", "pas", "--json"))] == steps


@pytest.mark.usefixtures("hospital")
def test_a_shadow_run_over_nothing_is_refused(as_: Any) -> None:
    """Where messages came, a report without one would be no proof of anything: there is none, and no word can be given for it."""
    as_("iain", "dialect", "propose", "pas", "ours.toml", "--reason", "beds moved")
    with pytest.raises(CallerError, match="proves nothing"):
        as_("iain", "dialect", "shadow", "pas", "--day", "2020-01-01")
    with pytest.raises(NotFound):
        as_("iain", "dialect", "report", "pas")
    assert "Nothing was compared" not in as_("iain", "dialect", "shadow", "pas", "--last", "9")


@pytest.mark.usefixtures("hospital")
def test_where_nothing_is_proposed_that_is_said(as_: Any) -> None:
    """Not that another version is; and a role that is none is a fault of the command line."""
    version, report = proposed(as_)
    with pytest.raises(NotFound, match="not what is proposed"):
        as_("iain", "dialect", "switch", "pas", "--version", version[:4])
    arguments = ("--role", "wizard", "--version", version, "--report", report)
    as_("iain", "dialect", "approve", "pas", *arguments, code=2)
    for username, role in (("iain", "integration"), ("sana", "clinical_safety")):
        word(as_, username, role, version, report)
    assert "dialect back pas" in as_("iain", "dialect", "switch", "pas", "--version", version)
    with pytest.raises(NotFound, match="nothing is proposed"):
        as_("iain", "dialect", "switch", "pas", "--version", version)


def test_an_administrator_is_no_clinical_safety_officer(as_: Any, hospital: Path) -> None:
    """Their word counts as an integration lead's; the other must be somebody's who is one."""
    del hospital
    version, report = proposed(as_)
    with pytest.raises(NotApproved):
        word(as_, "admin2", "clinical_safety", version, report)
    assert "word of: clinical_safety" in word(as_, "admin2", "integration", version, report)


@pytest.mark.usefixtures("hospital")
def test_a_wrong_password_says_nothing_for_anybody(as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password that is not the account's, a name that is nobody's, none given, and a person who may not."""
    version, report = proposed(as_)
    arguments = ("dialect", "approve", "pas", "--role", "clinical_safety", "--version", version, "--report", report)
    monkeypatch.setenv("TABARD_PASSWORD", "secret of iain")
    for username in ("sana", "nobody"):
        with pytest.raises(CallerError, match="no account"):
            told(*arguments, "--by", username)
    monkeypatch.delenv("TABARD_PASSWORD")
    with pytest.raises(CallerError, match="password"):
        told(*arguments, "--by", "sana")
    with pytest.raises(NotApproved):
        as_("nadia", *arguments)


@pytest.mark.usefixtures("hospital")
def test_what_is_approved_is_named_by_both_digests(as_: Any) -> None:
    """Too few digits, another version, another report: none is a word."""
    version, report = proposed(as_)
    for other_version, other_report, kind in (
        (version[:7], report, NotFound),
        ("0" * 12, report, NotFound),
        (version, report[:7], NotApproved),
        (version, "0" * 12, NotApproved),
    ):
        with pytest.raises(kind):
            word(as_, "sana", "clinical_safety", other_version, other_report)


def test_what_a_shadow_run_shows_of_patients_is_asked_for_and_audited(hospital: Path, as_: Any) -> None:
    """Counts by anybody; names for a person with a reason, and who saw whom is written down first."""
    proposed(as_)
    plain = told("dialect", "report", "pas") + told("dialect", "report", "pas", "--json")
    assert "2 messages, 2 would be filed otherwise" in plain
    assert "Location" in plain
    assert "SECRETIVE" not in plain
    assert "WARD1" not in plain
    with pytest.raises(CallerError):
        told("dialect", "report", "pas", "--show", "1")
    with pytest.raises(CallerError):
        as_("sana", "dialect", "report", "pas", "--show", "1")
    with pytest.raises(CallerError):
        as_("nadia", "dialect", "report", "pas", "--show", "1", "--reason", "to see it")
    assert list(audited(hospital)) == []
    shown = as_("sana", "dialect", "report", "pas", "--show", "1", "--reason", "to approve it")
    assert "message 1" in shown
    assert "WARD1" in shown
    assert "message 2" not in shown
    (event,) = audited(hospital)
    assert (event["action"], event["person"]) == ("shadow-report", "sana")
    assert "to approve it" in event["purpose"]
    assert "clinical_safety" in event["purpose"]
    assert all(name in shown for name in event["seen"])


def audited(hospital: Path) -> list[dict[str, Any]]:
    """What the audit holds of looks at patients."""
    return [one for one in read(hospital / "audit") if not one["action"].startswith("dialect-")]


@pytest.mark.usefixtures("hospital")
def test_dialects_are_listed_checked_and_compared(tmp_path: Path) -> None:
    """The shipped ones, with each link's; every fault of a file, exit 1; differences with their kind."""
    listed = json.loads(told("dialect", "list", "--json"))
    assert "itk-2.4" in {one["name"] for one in listed["shipped"]}
    assert [one["link"] for one in listed["links"]] == ["pas"]
    assert "itk-2.4" in told("dialect", "list", "--hospital", str(tmp_path / "none"))
    assert "ok    ours.toml" in told("dialect", "check", "ours.toml", "itk-2.4")
    (tmp_path / "bad.toml").write_text('base = "itk-2.4"\nnull = "perhaps"\ntime_zone = 3\n')
    faults = told("dialect", "check", "bad.toml", "ours.toml", code=1)
    assert "FAIL  bad.toml" in faults
    assert "null" in faults
    assert "time_zone" in faults
    assert "ok    ours.toml" in faults
    (told_,) = [json.loads(line) for line in told("dialect", "check", "bad.toml", "--json", code=1).splitlines()]
    assert len(told_["faults"]) == 2
    found = json.loads(told("dialect", "diff", "itk-2.4", "ours.toml", "--json"))
    kinds = {one["key"]: one["kind"] for one in found}
    assert kinds["locations.ward"] == "location"
    assert kinds["title"] == "other"
    assert "They say the same" in told("dialect", "diff", "ours.toml", "ours.toml")
    with pytest.raises(CallerError):
        told("dialect", "diff", "ours.toml")


def test_a_link_s_live_dialect_is_compared_with_a_file(hospital: Path, as_: Any) -> None:
    """With --link one file is enough."""
    proposed(as_)
    assert "locations.ward" in told("dialect", "diff", "ours.toml", "--link", "pas")
    assert hospital.is_dir()


def test_a_broken_history_is_told(hospital: Path, as_: Any) -> None:
    """By the list as a sentence, by the history as a refusal; nothing is proposed on it."""
    proposed(as_)
    path = hospital / "links" / "pas.history.jsonl"
    path.write_bytes(path.read_bytes().replace(b"beds moved", b"bugs moved"))
    assert "not what was written" in told("dialect", "list")
    assert "not what was written" in told("list")
    with pytest.raises(BrokenHistory):
        told("dialect", "history", "pas")
    with pytest.raises(TabardError):
        as_("iain", "dialect", "propose", "pas", "ours.toml", "--reason", "again")


def test_explain_tells_fields_and_rules(hospital: Path) -> None:
    """For each element the places of the message and the rule; as JSON a line a message."""
    del hospital
    Path("a.hl7").write_bytes(adt("A01"))
    shown = told("translate", "a.hl7", "--explain")
    assert "birthDate = " in shown
    assert "PID-7" in shown
    (line,) = told("translate", "a.hl7", "--explain", "--json").splitlines()
    elements = {(one["resource"], one["element"]): one for one in json.loads(line)["elements"]}
    assert elements["Patient/1", "birthDate"]["fields"] == ["PID-7"]
    assert all(one["rule"] for one in elements.values())
