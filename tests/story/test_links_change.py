"""A trust mends how its feed is read: seen in the shadow, approved by two, switched, applied again, and gone back from."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from story.linked_hospital import LINK, PASSWORD, LinkedHospital, linked_hospital, looked_at
from tabard.demo.commands import one

WAITS = 60
AS_SET_UP = """
base = "st-elsewhere"
name = "st-elsewhere-first"
title = "St Elsewhere, as somebody took it to be: ward and bed in each other's place"

[locations]
ward = 3
bed = 2
"""


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedHospital]:
    """A hospital whose link was set up wrong: beds are taken for wards."""
    folder = tmp_path_factory.mktemp("change")
    (folder / "first.toml").write_text(AS_SET_UP)
    with linked_hospital(folder / "h", dialect=str(folder / "first.toml")) as linked:
        yield linked


def is_ward(hospital: LinkedHospital, nurse: Page, ward: str, *, is_so: bool) -> None:
    """Whether the nurse sees a patient on a ward of this name."""
    hospital.settled()
    nurse.goto(f"{hospital.url}/wards")
    expect(nurse.get_by_role("link", name=ward, exact=True)).to_have_count(1 if is_so else 0)


def proposed(page: Page) -> None:
    """The lead changes the text, first so that it cannot be read, then as it should be."""
    area, why = page.get_by_label("The dialect, as TOML"), page.get_by_label("Why this change?")
    text = area.input_value()
    area.fill(text.replace("[locations]\n", "[locations]\nwart = 2\n"))
    why.fill("beds are taken for wards")
    page.get_by_role("button", name="Propose").click()
    fault = page.get_by_role("alert")
    expect(fault).to_contain_text("Is `ward` meant?")
    expect(fault).to_contain_text("wart = 2")
    looked_at(page, "dialect-fault")
    expect(why).to_have_value("beds are taken for wards")
    area.fill(text.replace("ward = 3\nbed = 2\n", "ward = 2\nbed = 3\n"))
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("heading", name="Proposed: version")).to_be_visible()
    expect(page.locator("main")).to_contain_text("It goes live with two persons")


def reported(page: Page, words: str) -> None:
    """The page tells that the run goes on until it tells what came of it, and never nothing."""
    for _ in range(WAITS):
        if page.get_by_text(words).is_visible():
            return
        expect(page.get_by_role("status")).to_contain_text("Load this page again")
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(words)


def test_a_change_goes_its_whole_way(
    hospital: LinkedHospital, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proposed, its differences seen, approved by a lead and a safety officer, live for the next message, and back by one."""
    monkeypatch.setenv("TABARD_PASSWORD", PASSWORD)
    address = f"{hospital.url}/links/{LINK}/dialect"
    for _ in range(2):
        hospital.lorenzo.admit("Fern")
    lead, officer, nurse = (hospital.signed_in(browser, name) for name in ("integration", "safety", "nurse"))
    is_ward(hospital, nurse, "Fern", is_so=False)
    lead.goto(address)
    proposed(lead)

    lead.get_by_label("or the last so many messages").fill("100")
    lead.get_by_role("button", name="Run in the shadow").click()
    reported(lead, "2 of 2 messages would be filed otherwise")
    lead.get_by_label("Why you look").fill("before approving it")
    lead.get_by_role("button", name="Show message by message").click()
    expect(lead.get_by_role("group", name="What differs in message 1")).to_contain_text("Fern")
    looked_at(lead, "dialect-differs")

    lead.get_by_role("button", name="Approve as an integration lead").click()
    expect(lead.get_by_text("It wants the word of a clinical safety officer.")).to_be_visible()
    expect(lead.get_by_role("button", name="Make version")).to_have_count(0)
    officer.goto(address)
    looked_at(officer, "dialect-officer")
    officer.get_by_role("button", name="Approve as a clinical safety officer").click()
    expect(officer.get_by_text("An integration lead makes it live.")).to_be_visible()
    lead.reload()
    lead.get_by_role("button", name="Make version").click()
    expect(lead.get_by_text("before it was")).to_be_visible()
    looked_at(lead, "dialect-live")

    hospital.lorenzo.admit("Rowan")
    is_ward(hospital, nurse, "Rowan", is_so=True)
    is_ward(hospital, nurse, "Fern", is_so=False)

    lead.goto(f"{hospital.url}/messages/1")
    lead.get_by_label("Why apply it again?").fill("the dialect is mended")
    lead.get_by_role("button", name="Apply again").click()
    expect(lead.get_by_text("The message was given to be applied again.")).to_be_visible()
    is_ward(hospital, nurse, "Fern", is_so=True)
    nurse.get_by_role("link", name="Fern", exact=True).click()
    expect(nurse.locator("tbody tr")).to_have_count(1)
    today = datetime.now(UTC).astimezone().date().isoformat()
    told = one(
        *("link", "replay", LINK, "--hospital", hospital.folder, "--day", today),
        *("--by", "integration", "--reason", "the dialect is mended"),
    )
    assert told
    hospital.settled()
    nurse.reload()
    expect(nurse.locator("tbody tr")).to_have_count(2)

    officer.reload()
    officer.get_by_label("Why go back?").fill("one ward asks for time")
    officer.get_by_role("button", name="Go back to version").click()
    expect(officer.get_by_role("table", name="What happened to the dialect")).to_contain_text("was gone back to")
    hospital.lorenzo.admit("Harbour")
    is_ward(hospital, nurse, "Harbour", is_so=False)
