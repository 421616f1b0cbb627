"""`tabard sandbox serve`: a line for each message, an address checked at the border."""

import json

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
