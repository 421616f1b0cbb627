"""`tabard link outbox`: how the writes stand, and what a person decides of them, with a word and a reason."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tabard.cli.link import app
from tabard.ground.errors import CallerError, NotFound
from tabard.link.out import OutReason, OutState
from tabard.link.out.judging import Verdict
from unit.cli.people import PASSWORD, hospital_of_people
from unit.link.writeback.a_hospital import Hospital, a_hospital, temperature


@pytest.fixture
def hospital(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hospital]:
    """A hospital with one write of which nobody knows what became."""
    folder = tmp_path / "trust"
    hospital_of_people(folder)
    monkeypatch.setenv("TABARD_HOSPITAL", str(folder))
    monkeypatch.setenv("TABARD_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "240")
    with a_hospital(folder) as made:
        taken = made.write(temperature(made.patient()))
        assert taken.write.number is not None
        verdict = Verdict(OutState.unclear, OutReason.no_answer, "")
        made.outbound._outbox.conclude(taken.write.number, verdict)
        made.turn()
        yield made


def run(*arguments: str) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, ["outbox", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def entry() -> dict[str, Any]:
    """The one write."""
    (told,) = json.loads(run("--json"))["writes"]
    return dict(told)


def test_a_write_is_listed_with_its_reason_and_what_to_do(hospital: Hospital) -> None:
    """By state, for people and as JSON; nothing of the patient but the record's id."""
    shown = run()
    assert "unclear" in shown
    assert "Look in the receiver" in shown
    told = json.loads(run("--json", "--state", "unclear"))
    assert told["counts"]["unclear"] == 1
    assert told["writes"][0]["patient"] == hospital.patient()
    assert "SMITH" not in run("--json")
    assert json.loads(run("--json", "--state", "rejected"))["writes"] == []


def test_a_write_is_sent_again(hospital: Hospital) -> None:
    """The same number and bytes, and pending for all to see once the hospital has looked."""
    before = hospital.sent()
    run("resend", "1", "--by", "iain", "--reason", "It is not there.")
    assert entry()["state"] == "pending"
    hospital.turn()
    assert hospital.sent() == before
    assert hospital.outbound.entry(1).state is OutState.queued
    assert hospital.observations()[0]["meta"]["tag"][0]["code"] == "pending"


@pytest.mark.parametrize(("verb", "state"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_person_settles_it(hospital: Hospital, verb: str, state: str) -> None:
    """Who looked in the record system says what is there; it is shown, and who said so is kept."""
    run(verb, "1", "--by", "iain", "--reason", "I looked.")
    hospital.turn()
    assert entry()["state"] == state
    assert hospital.observations()[0]["meta"]["tag"][0]["code"] == state
    assert hospital.outbound.entry(1).decided_by == "iain"


def test_a_decision_without_a_reason_or_a_write_is_refused(hospital: Hospital) -> None:
    """Nor is one taken of what is on its way."""
    with pytest.raises(CallerError):
        run("resend", "1", "--by", "iain", "--reason", " ")
    with pytest.raises(NotFound):
        run("reject", "7", "--by", "iain", "--reason", "x")
    run("resend", "1", "--by", "iain", "--reason", "x")
    with pytest.raises(CallerError):
        run("resend", "1", "--by", "iain", "--reason", "x")
    assert len(hospital.sent()) == 1


@pytest.mark.parametrize(("username", "password"), [("iain", "another"), ("nadia", PASSWORD), ("Iain", PASSWORD)])
@pytest.mark.parametrize("verb", ["resend", "accept", "reject"])
def test_who_decides_is_who_they_say_and_answers_for_the_feed(
    hospital: Hospital, verb: str, username: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the account's password, or as a clinician, nothing is decided."""
    monkeypatch.setenv("TABARD_PASSWORD", password)
    with pytest.raises(CallerError):
        run(verb, "1", "--by", username, "--reason", "I looked.")
    hospital.turn()
    assert entry()["state"] == "unclear"
