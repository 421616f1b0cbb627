"""Breaking the glass in the portal: the page says what it means, the patient's page what is open, and somebody reviews it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tabard.audit import read
from tabard.hospital import Role
from tabard.web.hospital import pages
from unit.web.browsing import Surfer, token_in
from unit.web.people import RESOURCES
from unit.web.world import PASSWORD, World, hospital_world, observation

SECRET = {
    **observation("o-secret", "p1", "Restricted test", {"valueString": "seldom seen"}),
    "meta": {"security": [{"code": "R"}]},
}


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with hospital_world(tmp_path_factory.mktemp("hospital") / "h", (*RESOURCES, SECRET)) as world:
        world.portal = replace(world.portal, glass=world.gateway.glass)
        for username, roles in (("sana", {Role.clinical_safety}), ("both", {Role.clinical_safety, Role.clinician})):
            world.hospital.accounts.put(username, username.title(), frozenset(roles), PASSWORD)
        yield world


def signed_in(world: World, username: str) -> Surfer:
    world.hospital.throttle._counts.clear()  # the clock of this world stands still
    surfer = Surfer(pages(world.portal))
    assert surfer.sign_in(username, PASSWORD).status_code == 303
    return surfer


def broken(world: World, username: str = "nurse") -> Surfer:
    surfer = signed_in(world, username)
    form = surfer.get("/patients/p1/break-glass")
    assert "Everything you then see is marked in the audit" in form.text
    answer = surfer.post("/patients/p1/break-glass", {"token": token_in(form.text), "reason": "results needed now"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/patients/p1")
    return surfer


def test_withheld_then_shown_to_whoever_broke_it(world: World) -> None:
    """Before: that something is restricted; after: what it is, until when, and each look marked; others see as before."""
    nurse = signed_in(world, "nurse")
    page = nurse.get("/patients/p1").text
    assert "seldom seen" not in page
    assert "restricted and not shown" in page
    assert 'href="/patients/p1/break-glass"' in page
    assert "restricted and not shown" not in nurse.get("/patients/p2").text
    page = broken(world).get("/patients/p1").text
    assert "seldom seen" in page
    assert "restricted and not shown" not in page
    assert "You broke the glass for this patient" in page
    assert "until 14:36" in page
    assert "seldom seen" not in nurse.get("/patients/p1").text
    marked = [event for event in read(world.audit) if event.get("glass")]
    assert {event["action"] for event in marked} >= {"break-glass", "read", "search"}


def test_signing_out_closes_it(world: World) -> None:
    """A cookie that somebody kept opens nothing, and neither does signing in again."""
    surfer = broken(world)
    surfer.post("/sign-out", {"token": token_in(surfer.get("/patients/p1").text)})
    assert surfer.get("/patients/p1").status_code == 303
    assert "seldom seen" not in signed_in(world, "nurse").get("/patients/p1").text


@pytest.mark.parametrize("reason", ["", " x ", "y" * 201])
def test_without_a_reason_nothing_opens(world: World, reason: str) -> None:
    """The browser asks for one, and so do we."""
    surfer = signed_in(world, "nurse")
    token = token_in(surfer.get("/patients/p1/break-glass").text)
    assert surfer.post("/patients/p1/break-glass", {"token": token, "reason": reason}).status_code == 400
    assert "seldom seen" not in surfer.get("/patients/p1").text


def test_a_form_of_somebody_elses_breaks_nothing(world: World) -> None:
    """No token of ours, no break."""
    surfer = signed_in(world, "nurse")
    assert surfer.post("/patients/p1/break-glass", {"reason": "results needed now"}).status_code == 403


def test_a_break_is_reviewed_by_somebody_else(world: World) -> None:
    """It waits, with who and why and a way to what was seen; whoever broke it has no button; then it is told as reviewed."""
    broken(world, "both")
    page = signed_in(world, "both").get("/audit/broken-glass").text
    sana = signed_in(world, "sana")
    theirs = sana.get("/audit/broken-glass").text
    assert "results needed now" in theirs
    assert "/audit?glass=" in theirs
    mine = page.count('name="note"')
    assert mine < theirs.count('name="note"')
    waiting = world.gateway.glass.listed(is_reviewed=False)
    for one in waiting:
        sana.post(f"/audit/broken-glass/{one.id}", {"token": token_in(theirs), "note": "asked the ward, was right"})
    page = sana.get("/audit/broken-glass").text
    assert "None waits." in page
    assert "asked the ward, was right" in page


@pytest.mark.parametrize("username", ["nurse", "feeds"])
def test_who_does_not_answer_for_the_audit_sees_no_breaks(world: World, username: str) -> None:
    """Not even their own."""
    assert signed_in(world, username).get("/audit/broken-glass").status_code == 403
