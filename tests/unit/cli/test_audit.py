"""`tabard audit`: what is said, to a person and to a machine, and the exit status."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tabard.accounts import Cost
from tabard.audit import AuditEvent, AuditLog, Keeper, Outcome
from tabard.cli.audit import app
from tabard.ground.errors import CallerError, NotFound
from tabard.hospital import Role, init, load

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
CHEAP = Cost(log2_n=4, r=1, p=1)
Told = Callable[..., Result]


@pytest.fixture
def hospital(tmp_path: Path) -> Path:
    """A hospital that was served and has stopped, with five accesses."""
    folder = tmp_path / "hospital"
    init(folder, "St Elsewhere", "RXX", 8700, for_trials=True, cost=CHEAP)
    house = load(folder, cost=CHEAP)
    house.accounts.put("sana", "Sana Safety", frozenset({Role.clinical_safety}), "pass")
    house.accounts.put("nia", "Nia Nurse", frozenset({Role.clinician}), "pass")
    log = AuditLog(folder / "audit", lambda: NOW)
    with Keeper(folder / "audit", folder / "keys", log, lambda: NOW):
        for number in range(5):
            event = AuditEvent(
                NOW, "read", Outcome.granted, person="p1", resource=f"Patient/{number}", context="hospital"
            )
            log.write(event).result(30)
    log.close()
    return folder


@pytest.fixture
def told(hospital: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setenv("TABARD_PASSWORD", "pass")

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app, [*arguments, "--hospital", str(hospital)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def cut(hospital: Path) -> None:
    path = min((hospital / "audit").glob("*.ndjson"))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))


def test_a_whole_audit_is_said_to_be_whole(told: Told) -> None:
    """Exit 0, with how much was compared."""
    assert "5 events" in told("verify").output
    answer = json.loads(told("verify", "--json").output)
    assert (answer["is_intact"], answer["events"], answer["problems"], answer["caveat"]) == (True, 5, [], "")


def test_a_cut_tail_is_told_with_its_place_and_what_to_do(told: Told, hospital: Path) -> None:
    """Exit 1; the file, how many lines it had, and that nothing is to be touched."""
    cut(hospital)
    said = told("verify", code=1).output
    assert "its end was cut off: it has 4 lines, and had 6" in said
    assert "Change nothing in this folder" in said
    assert "NOT whole" in said
    answer = json.loads(told("verify", "--json", code=1).output)
    assert answer["problems"][0]["where"].endswith(".ndjson")
    assert answer["problems"][0]["remedy"]


def test_heads_are_appended_to_a_file_once_and_compared_with_it(told: Told, hospital: Path, tmp_path: Path) -> None:
    """What was taken away from the host finds what was cut here, also where the heads were cut too."""
    away, key = tmp_path / "away.jsonl", tmp_path / "hospital.pub"
    for _ in range(2):
        told("heads", "--out", str(away))
    key.write_text(told("heads", "--key").output)
    heads = hospital / "audit" / "heads.jsonl"
    assert away.read_bytes() == heads.read_bytes() == told("heads").output.encode()
    cut(hospital)
    heads.write_bytes(heads.read_bytes().splitlines(keepends=True)[0])
    told("verify", code=0)
    said = told("verify", "--heads", str(away), "--key", str(key), code=1).output
    assert "cut off" in said
    assert "stands in a copy" in said


def test_a_file_of_other_heads_is_not_appended_to(told: Told, tmp_path: Path) -> None:
    """One file is of one hospital."""
    away = tmp_path / "away.jsonl"
    away.write_bytes(b"something else\n")
    with pytest.raises(CallerError):
        told("heads", "--out", str(away))
    assert away.read_bytes() == b"something else\n"


def test_a_search_is_audited_and_answers(told: Told) -> None:
    """By patient; and the next search finds the look itself."""
    said = told("search", "--patient", "3", "--by", "sana", "--reason", "the patient asks").output
    assert "resource=Patient/3" in said
    assert "resource=Patient/4" not in said
    answer = json.loads(told("search", "--patient", "3", "--by", "sana", "--reason", "again", "--json").output)
    events = [entry["event"] for entry in answer["entries"]]
    assert [event["action"] for event in events] == ["audit", "audit", "read"]
    assert events[1]["purpose"] == "the patient asks"
    assert (events[1]["person"], events[1]["outcome"]) == ("sana", "granted")


def test_pages_and_rebuilding(told: Told) -> None:
    """`--before` goes on where a page ended; a rebuilt index says the same."""
    ask = ("search", "--action", "read", "--by", "sana", "--reason", "a check", "--json", "--limit", "3")
    first = json.loads(told(*ask).output)
    second = json.loads(told(*ask, "--before", first["older"], "--rebuild").output)
    resources = [entry["event"]["resource"] for entry in (*first["entries"], *second["entries"])]
    assert resources == [f"Patient/{number}" for number in reversed(range(5))]
    assert second["older"] is None


@pytest.mark.parametrize(("by", "reason"), [("nia", "curious"), ("sana", "  "), ("nobody", "a check")])
def test_whoever_does_not_answer_for_the_audit_sees_none_of_it(told: Told, by: str, reason: str) -> None:
    """A clinician, nobody, and whoever says no reason."""
    with pytest.raises(CallerError):
        told("search", "--by", by, "--reason", reason)


def test_where_there_is_nothing_that_is_said(tmp_path: Path) -> None:
    """No hospital, and a hospital that was never served."""
    (tmp_path / "hospital.toml").write_text("")
    for folder in (tmp_path / "nowhere", tmp_path):
        for verb in ("verify", "heads"):
            result = CliRunner().invoke(app, [verb, "--hospital", str(folder)])
            assert isinstance(result.exception, NotFound)
    (tmp_path / "audit").mkdir()
    assert isinstance(CliRunner().invoke(app, ["heads", "--hospital", str(tmp_path)]).exception, NotFound)
    result = CliRunner().invoke(app, ["verify", "--hospital", str(tmp_path)])
    assert "no head was ever signed here" in result.output
