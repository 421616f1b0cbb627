"""`tabard hospital init` on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.cli.hospital import app
from tabard.hospital import FolderTaken, load


def test_init_answers_in_json_with_the_password_this_once(tmp_path: Path) -> None:
    """The password told opens the account told."""
    folder = tmp_path / "h"
    told = CliRunner().invoke(
        app, ["init", str(folder), "--name", "St Elsewhere", "--ods", "rxx", "--port", "8123", "--json"]
    )
    assert told.exit_code == 0
    answer = json.loads(told.stdout)
    assert (answer["ods"], answer["base_url"], answer["folder"]) == ("RXX", "http://localhost:8123", str(folder))
    assert load(folder).accounts.check(answer["username"], answer["password"]) is not None


def test_init_says_what_comes_next_and_never_twice(tmp_path: Path) -> None:
    """In words, the next commands stand there; a second init of the folder fails."""
    asked = ["init", str(tmp_path / "h"), "--name", "St Elsewhere", "--ods", "RXX"]
    assert "tabard hospital serve" in CliRunner().invoke(app, asked).stdout
    with pytest.raises(FolderTaken):
        CliRunner().invoke(app, asked, catch_exceptions=False)
