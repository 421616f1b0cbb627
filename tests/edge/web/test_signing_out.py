"""Signing out of the portal ends what was opened from it."""

import httpx

from edge.web.conftest import Served
from tabard.demo.launching import launch
from tabard.demo.visitor import Visitor
from unit.web.world import PASSWORD


def test_signing_out_ends_the_products_that_were_opened(hospital: Served) -> None:
    """A board left open elsewhere is refused at once; another person's goes on."""
    visitors = {name: Visitor(hospital.url) for name in ("nurse", "admin")}
    for name, visitor in visitors.items():
        visitor.sign_in(name, PASSWORD)
    manifest = hospital.world.hospital.installs.get("ward-board").manifest
    assert manifest is not None
    asked_for = (manifest, "/wards/ward-a", "ward", "ward-a")
    boards = {name: launch(visitor, *asked_for) for name, visitor in visitors.items()}
    asked = "/Encounter?location=Location/ward-a"
    assert boards["nurse"].get(asked).status_code == httpx.codes.OK
    visitors["nurse"].post("/sign-out", "/", {})
    assert boards["nurse"].get(asked).status_code == httpx.codes.UNAUTHORIZED
    assert boards["admin"].get(asked).status_code == httpx.codes.OK
    for name, visitor in visitors.items():
        visitor.close()
        boards[name].close()
