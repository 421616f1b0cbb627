"""`tabard hospital account`: people of a hospital, each with an account of their own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.accounts import Cost
from tabard.cli.hospital import app
from tabard.ground.errors import CallerError
from tabard.hospital import init, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital with its first account alone."""
    return init(tmp_path / "trust", "Trust", "RXX", 8700, cost=Cost(log2_n=4)).folder


def test_an_account_is_made_with_its_roles_and_shown_its_password_once(folder: Path) -> None:
    """The person can sign in with what was shown; made anew, only with the new password."""
    words = ["account", str(folder), "sana", "--name", "Dr Sana Iqbal", "--role", "clinical_safety", "--json"]
    first, second = (json.loads(CliRunner().invoke(app, words).stdout) for _ in range(2))
    assert first["roles"] == ["clinical_safety"]
    accounts = load(folder).accounts
    assert accounts.check("sana", first["password"]) is None
    found = accounts.check("sana", second["password"])
    assert found is not None
    assert (found.name, found.roles) == ("Dr Sana Iqbal", frozenset({"clinical_safety"}))


def test_an_account_needs_a_role_that_there_is(folder: Path) -> None:
    """And a name: an account is a person's."""
    assert CliRunner().invoke(app, ["account", str(folder), "eve", "--name", "Eve", "--role", "king"]).exit_code == 2
    assert CliRunner().invoke(app, ["account", str(folder), "eve", "--name", "Eve"]).exit_code == 2
    nameless = CliRunner().invoke(app, ["account", str(folder), "eve", "--name", " ", "--role", "admin"])
    assert isinstance(nameless.exception, CallerError)
