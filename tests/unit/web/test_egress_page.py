"""A product's hosts outside: told on its page, approved and withdrawn by an administrator, at the terminal too."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from tabard.audit import read
from tabard.cli.egress import app
from tabard.gateway import Refused
from tabard.gateway.egress import Approvals
from tabard.web.hospital import pages
from unit.web.browsing import Surfer, token_in
from unit.web.people import RESOURCES
from unit.web.world import NOW, PASSWORD, World, hospital_world

MANIFEST = """
id = "doses"
name = "Doses"
version = "1.0.0"
publisher = "RXX"
[[part]]
kind = "app"
title = "Doses"
launch = "launch.html"
start = "index.html"
context = "patient"
scopes = ["launch", "patient/Patient.rs"]
[[outside]]
host = "dose.example.org"
purpose = "Checks doses."
data = ["medicines", "weight"]
"""


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("hospital")
    with hospital_world(folder / "h", RESOURCES) as world:
        product = folder / "product"
        product.mkdir()
        for name in ("launch.html", "index.html"):
            (product / name).write_text("doses")
        (product / "tabard.toml").write_text(MANIFEST)
        world.hospital.installs.install(product)
        gateway = world.gateway
        approvals = Approvals(gateway.egress._engine, world.hospital.installs.outside, gateway.door.audit, lambda: NOW)
        world.portal = replace(world.portal, egress=approvals)
        yield world


def signed_in(world: World, username: str) -> Surfer:
    world.hospital.throttle._counts.clear()  # the clock of this world stands still
    surfer = Surfer(pages(world.portal))
    assert surfer.sign_in(username, PASSWORD).status_code == 303
    return surfer


def test_a_host_is_approved_and_withdrawn_on_the_products_page(world: World) -> None:
    """With its purpose and data; each word has its reason and stands in the audit."""
    approvals = world.portal.egress
    assert approvals is not None
    admin = signed_in(world, "admin")
    page = admin.get("/products/doses").text
    for words in ("dose.example.org", "Checks doses.", "medicines, weight", "Not approved"):
        assert words in page
    form = {"token": token_in(page), "host": "dose.example.org", "word": "approve", "reason": "agreed by IG"}
    assert admin.post("/products/doses/outside", form).status_code == 303
    assert "agreed by IG" in admin.get("/products/doses").text
    assert approvals.require("doses", "dose.example.org", 443).purpose == "Checks doses."
    assert admin.post("/products/doses/outside", {**form, "word": "withdraw"}).status_code == 303
    with pytest.raises(Refused):
        approvals.require("doses", "dose.example.org", 443)
    assert len(list(read(world.audit, action="approve-egress"))) == 2


def test_a_nurse_reads_it_and_decides_nothing(world: World) -> None:
    """What a product may touch is for all to see; the word is an administrator's."""
    nurse = signed_in(world, "nurse")
    page = nurse.get("/products/doses").text
    assert "dose.example.org" in page
    assert 'action="/products/doses/outside"' not in page
    form = {"token": token_in(page), "host": "dose.example.org", "word": "approve", "reason": "agreed by IG"}
    assert nurse.post("/products/doses/outside", form).status_code == 403


def test_at_the_terminal_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listed, approved by an account with its password, and listed as that."""
    monkeypatch.setenv("TABARD_PASSWORD", PASSWORD)
    folder = str(world.hospital.folder.root)
    approved = ("approve", folder, "doses", "dose.example.org", "--by", "admin", "--reason", "agreed")
    result = CliRunner().invoke(app, approved)
    assert result.exit_code == 0, result.exception
    told = CliRunner().invoke(app, ["list", folder, "doses"]).output
    assert "dose.example.org  approved" in told
    assert "medicines, weight" in told
    assert '"is_approved":true' in CliRunner().invoke(app, ["list", folder, "doses", "--json"]).output
    refused = CliRunner().invoke(app, ["approve", folder, "doses", "x.org", "--by", "admin", "--reason", "agreed"])
    assert isinstance(refused.exception, Refused)
    assert CliRunner().invoke(app, ["withdraw", *approved[1:]]).exit_code == 0
