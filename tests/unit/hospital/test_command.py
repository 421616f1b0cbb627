"""`tabard hospital init` on the command line."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.cli.hospital import app
from tabard.hospital import BadProduct, FolderTaken, load
from tabard.product import BadManifest

WARD_BOARD = Path(__file__).parents[3] / "products" / "ward-board"


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
    told = CliRunner().invoke(app, asked).stdout
    assert f"tabard link add NAME --port PORT --hospital {tmp_path / 'h'}" in told
    assert f"tabard hospital serve {tmp_path / 'h'}" in told
    with pytest.raises(FolderTaken):
        CliRunner().invoke(app, asked, catch_exceptions=False)


def test_init_installs_the_products_named(tmp_path: Path) -> None:
    """A maker's product can be launched from the first start; its name is told, and its id in JSON."""
    asked = ["init", "--name", "St Elsewhere", "--ods", "RXX", "--for-trials", "--product", str(WARD_BOARD)]
    assert "Ward board 1." in CliRunner().invoke(app, [*asked, str(tmp_path / "a")]).stdout
    told = json.loads(CliRunner().invoke(app, [*asked, "--json", str(tmp_path / "b")]).stdout)
    assert told["products"] == ["ward-board"]
    assert [install.id for install in load(tmp_path / "b").installs.all()] == ["ward-board"]


def test_a_product_that_cannot_be_installed_makes_no_hospital(tmp_path: Path) -> None:
    """The fault is told before anything is made: no password is lost with it."""
    linked = tmp_path / "linked"
    shutil.copytree(WARD_BOARD, linked)
    (linked / "data.json").symlink_to(tmp_path / "secret")
    for product, fault in ((tmp_path, BadManifest), (linked, BadProduct)):
        asked = [
            "init",
            str(tmp_path / "h"),
            "--name",
            "St Elsewhere",
            "--ods",
            "RXX",
            "--for-trials",
            "--product",
            str(product),
        ]
        with pytest.raises(fault):
            CliRunner().invoke(app, asked, catch_exceptions=False)
        assert not (tmp_path / "h").exists()
