"""`tabard sandbox serve`: a line for each message, an address checked at the border."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.cli.sandbox import app
from tabard.ground.errors import CallerError
from unit.sandbox.conftest import Receiver


def test_it_tells_each_message_as_json(receiver: Receiver) -> None:
    """Admissions that fill the wards, then the day's events; each line says what, where and how it was answered."""
    options = ["--seed", "3", "--speed", "1e9", "--share", "0.1", "--events", "4", "--json"]
    ended = CliRunner().invoke(app, ["serve", "--to", f"127.0.0.1:{receiver.port}", *options])
    assert ended.exit_code == 0
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(lines) == len(receiver.heard) > 4
    assert set(lines[0]) == {"count", "event", "at", "ward", "bed", "ack", "attempts"}
    assert {line["ack"] for line in lines} == {"AA"}


@pytest.mark.parametrize("address", ["2575", "host:", "host:x", "host:0", "host:70000"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """HOST:PORT or a sentence that says so."""
    ended = CliRunner().invoke(app, ["serve", "--to", address])
    assert isinstance(ended.exception, CallerError)


def test_a_millennium_tells_its_census_and_charts_the_rest(receiver: Receiver) -> None:
    """Lines for messages and, without an acknowledgement, for what was only charted; messages are as many as were heard."""
    options = ["--as", "millennium", "--seed", "3", "--speed", "1e9", "--share", "0.1", "--events", "12", "--json"]
    ended = CliRunner().invoke(app, ["serve", "--to", f"127.0.0.1:{receiver.port}", *options, "--client", "us"])
    assert ended.exit_code == 0
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len([line for line in lines if line["ack"] == "AA"]) == len(receiver.heard)
    assert {line["ack"] for line in lines} == {"AA", None}
    assert "FHIR at http://localhost:" in ended.stderr
    assert "Client us, secret " in ended.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--fhir-port", "8123"],
        ["--client", "us"],
        ["--as", "millennium", "--client-key", "no.pem"],
        ["--as", "millennium", "--client", "us", "--client-key", "no.pem"],
    ],
)
def test_what_does_not_go_together_is_refused(receiver: Receiver, options: list[str]) -> None:
    """FHIR options for a Lorenzo, a key without a client, a key that is not there: a sentence that says so."""
    ended = CliRunner().invoke(app, ["serve", "--to", f"127.0.0.1:{receiver.port}", "--events", "0", *options])
    assert isinstance(ended.exception, CallerError)
    assert receiver.heard == []


def test_a_key_that_is_none_is_refused(receiver: Receiver, tmp_path: Path) -> None:
    """A file that holds no public key is told as such."""
    (tmp_path / "key.pem").write_text("not a key")
    options = ["--as", "millennium", "--client", "us", "--client-key", str(tmp_path / "key.pem")]
    ended = CliRunner().invoke(app, ["serve", "--to", f"127.0.0.1:{receiver.port}", *options])
    assert isinstance(ended.exception, CallerError)
