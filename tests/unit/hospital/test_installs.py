"""Installs: what a product's folder becomes at this hospital."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tabard.database import engine
from tabard.ground.errors import NotFound
from tabard.hospital import BadProduct, Installs, schema

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MANIFEST = """
id = "ward-board"
name = "Ward board"
version = "1.0.0"
publisher = "RXX"
[[part]]
kind = "app"
title = "Ward board"
launch = "launch.html"
start = "index.html"
context = "ward"
scopes = ["launch", "user/Encounter.rs"]
"""


@pytest.fixture(name="product")
def _product(tmp_path: Path) -> Path:
    folder = tmp_path / "product"
    folder.mkdir()
    (folder / "tabard.toml").write_text(MANIFEST)
    (folder / "launch.html").write_text("launch")
    (folder / "index.html").write_text("board")
    return folder


@pytest.fixture(name="installs")
def _installs(tmp_path: Path) -> Installs:
    tables = engine(tmp_path / "hospital.db")
    schema.prepare(tables)
    return Installs(tables, "http://localhost:8000", lambda: NOW, for_trials=True)


def test_an_install_is_a_client_on_an_origin_of_its_own(installs: Installs, product: Path) -> None:
    """The gateway gets the client with the addresses on the product's own host, and the scopes as one text."""
    installs.install(product)
    client = installs.client("ward-board")
    assert client is not None
    assert client.origin == "http://ward-board.localhost:8000"
    assert client.launch_uri == "http://ward-board.localhost:8000/launch.html"
    assert client.redirect_uris == ("http://ward-board.localhost:8000/index.html",)
    assert client.scopes == "launch user/Encounter.rs"
    assert client.id == "ward-board"


def test_what_is_not_installed_is_no_client(installs: Installs) -> None:
    """An unknown id gives nothing to the gateway, and NotFound to a page."""
    assert installs.client("ward-board") is None
    with pytest.raises(NotFound):
        installs.get("ward-board")


def test_a_file_changed_after_the_install_is_noticed(installs: Installs, product: Path) -> None:
    """The digest noted at the install is of every file's name and content."""
    install = installs.install(product)
    assert not installs.is_changed(install)
    (product / "index.html").write_text("another board")
    assert installs.is_changed(install)
    (product / "index.html").write_text("board")
    assert not installs.is_changed(install)
    (product / "index.html").rename(product / "start.html")
    assert installs.is_changed(install)


def test_a_newer_version_takes_the_place_of_the_old(installs: Installs, product: Path) -> None:
    """One product is installed once, at its last version."""
    installs.install(product)
    (product / "tabard.toml").write_text(MANIFEST.replace("1.0.0", "1.1.0"))
    installs.install(product)
    assert [install.version for install in installs.all()] == ["1.1.0"]


def test_a_symbolic_link_in_a_product_is_refused(installs: Installs, product: Path, tmp_path: Path) -> None:
    """A link could lead out of the folder: the product is not installed."""
    (tmp_path / "secret").write_text("x")
    (product / "data.json").symlink_to(tmp_path / "secret")
    with pytest.raises(BadProduct, match="symbolic"):
        installs.install(product)
    assert installs.all() == ()
