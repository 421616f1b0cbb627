"""The pages on which people change what a feed means: proposed, run in the shadow, approved by two, live, and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tabard.dialect import to_toml
from tabard.hospital import Role
from tabard.link import Dialects, load_link
from tabard.link.looking import Run
from tabard.link.versions import begin
from tabard.web.hospital import pages
from unit.link.a_feed import begun, changed, fill
from unit.link.itk import adt
from unit.web.browsing import Surfer, token_in
from unit.web.people import RESOURCES
from unit.web.world import NOW, PASSWORD, World, hospital_world

PAGE = "/links/pas/dialect"
RISKY = to_toml(changed(locations__ward=3, locations__bed=2))


@pytest.fixture(name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with hospital_world(tmp_path_factory.mktemp("hospital") / "h", RESOURCES, begun=_linked) as world:
        world.hospital.accounts.put("safety", "Sia Safety", frozenset({Role.clinical_safety}), PASSWORD)
        yield world


def _linked(folder: Path) -> None:
    begun(folder)
    fill(folder, adt("A01"))
    begin(folder, load_link(folder, "pas"), lambda: NOW)


@pytest.fixture(name="lead")
def _lead(world: World) -> Surfer:
    return signed_in(world, "feeds")


@pytest.fixture(name="officer")
def _officer(world: World) -> Surfer:
    return signed_in(world, "safety")


def signed_in(world: World, username: str) -> Surfer:
    """Somebody at the portal."""
    world.hospital.throttle._counts.clear()  # the clock of this world stands still
    surfer = Surfer(pages(world.portal))
    assert surfer.sign_in(username, PASSWORD).status_code == 303
    return surfer


def send(surfer: Surfer, verb: str, **fields: str) -> int:
    """Fill in one of the page's forms; the answer's status."""
    return surfer.post(f"{PAGE}/{verb}", {"token": token_in(surfer.get(PAGE).text), **fields}).status_code


def hidden(surfer: Surfer, name: str) -> str:
    """A hidden field of the page."""
    found = re.search(rf'name="{name}" value="([0-9a-f]+)"', surfer.get(PAGE).text)
    assert found is not None
    return found[1]


def ran(world: World, surfer: Surfer) -> None:
    """Run the proposal over the last messages, and wait until that is over."""
    assert send(surfer, "shadow", digest=hidden(surfer, "digest"), last="100") == 303
    changes = world.portal.dialects
    assert isinstance(changes, Dialects)
    changes.wait("pas")
    assert changes.about("pas").run == Run(is_over=True)


def test_a_risky_change_goes_its_whole_way(world: World, lead: Surfer, officer: Surfer) -> None:
    """Proposed, run, looked at, approved by two, live, and back by one."""
    assert send(lead, "propose", text=RISKY, reason="rooms and bays changed places") == 303
    told = lead.get(PAGE).text
    assert "two persons" in told
    assert "locations.ward" in told
    assert "It has not run in the shadow yet" in told
    ran(world, lead)
    told = lead.get(PAGE).text
    assert "Encounter.location" in told
    looked = lead.post(f"{PAGE}/look", {"token": token_in(told), "role": "integration", "reason": "before I approve"})
    assert "Message <a" in looked.text
    digest, report = hidden(lead, "digest"), hidden(lead, "report")
    assert send(lead, "switch", digest=digest) == 400, "no word was given yet"
    assert send(lead, "approve", digest=digest, report=report, role="integration") == 303
    assert send(lead, "approve", digest=digest, report=report, role="clinical_safety") == 400, "not theirs to give"
    assert "Missing: the word of a clinical safety officer" in lead.get(PAGE).text
    assert send(officer, "switch", digest=digest) == 400
    assert send(officer, "approve", digest=digest, report=report, role="clinical_safety") == 303
    assert send(lead, "switch", digest=digest) == 303
    assert f"Live is version <code>{digest[:12]}</code>" in lead.get(PAGE).text
    assert send(officer, "back", reason="the beds are wrong") == 303
    told = lead.get(PAGE).text
    assert f"Live is version <code>{digest[:12]}</code>" not in told
    assert "the beds are wrong" in told


def test_a_text_with_faults_is_told_with_its_lines(lead: Surfer) -> None:
    """What is no dialect is proposed to nobody."""
    answer = lead.post(
        f"{PAGE}/propose",
        {"token": token_in(lead.get(PAGE).text), "text": 'base = "itk-2.4"\nnul = "ignored"\n', "reason": "a try"},
    )
    assert answer.status_code == 400
    assert "Line 2" in answer.text
    assert "Proposed:" not in lead.get(PAGE).text


def test_a_day_and_a_number_together_are_refused(lead: Surfer) -> None:
    """Which of them was meant would be a guess; and a number without end is none."""
    assert send(lead, "propose", text=RISKY, reason="rooms") == 303
    digest = hidden(lead, "digest")
    for fields in ({"day": "2026-03-01", "last": "5"}, {"last": "0"}, {"last": "9" * 30}, {"day": "soon"}):
        assert send(lead, "shadow", digest=digest, **fields) == 400


def test_a_link_without_history_is_not_found(lead: Surfer) -> None:
    """A link that is not set up has no dialect to change."""
    assert lead.get("/links/nowhere/dialect").status_code == 404


def test_a_nurse_changes_no_dialect(world: World) -> None:
    """Neither sees the page nor does anything."""
    nurse = signed_in(world, "nurse")
    assert nurse.get(PAGE).status_code == 403
    assert nurse.post(f"{PAGE}/back", {"token": "x", "reason": "because"}).status_code == 403
