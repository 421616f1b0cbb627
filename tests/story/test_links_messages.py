"""Somebody looks for a message, opens it for a reason that stands in the audit, and has something done with it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from story.linked_hospital import LINK, LinkedHospital, linked_hospital, looked_at
from tabard.sandbox import C_REACTIVE_PROTEIN


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedHospital]:
    with linked_hospital(tmp_path_factory.mktemp("messages") / "h") as linked:
        yield linked


def audited(hospital: LinkedHospital) -> str:
    """All that the audit holds."""
    return "".join(file.read_text() for file in sorted((hospital.folder / "audit").glob("*.ndjson")))


def done(page: Page, question: str, button: str, words: str) -> None:
    """Have something done with the message, and see that it was."""
    page.get_by_label(question).fill("the ward asks")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(words)).to_be_visible()


def test_a_message_is_found_opened_and_applied_again(hospital: LinkedHospital, browser: Browser) -> None:
    """Found by its type and control id; no content before a reason; then raw, tree, FHIR and why, and the look is audited."""
    admitted = hospital.lorenzo.admit("Fern")
    sent = hospital.lorenzo.result(admitted.event.person.mrn, C_REACTIVE_PROTEIN, ["<5"])
    hospital.settled()
    lead = hospital.signed_in(browser, "integration")
    lead.goto(f"{hospital.url}/messages")
    lead.get_by_label("Message type").fill("oru")
    lead.get_by_label("Control id").fill(sent.acknowledgement.control_id)
    lead.get_by_role("button", name="Find").click()
    expect(lead.locator("main tbody tr")).to_have_count(1)
    looked_at(lead, "messages-found")
    lead.get_by_role("link", name="2", exact=True).click()
    family = admitted.event.person.family
    expect(lead.locator("main")).not_to_contain_text(family)
    looked_at(lead, "message-closed")

    before = audited(hospital)
    lead.get_by_label("Why you look").fill("a ward misses a result")
    lead.get_by_role("button", name="Look inside").click()
    expect(lead.get_by_role("group", name="As it came")).to_contain_text(family)
    expect(lead.get_by_role("group", name="Why Observation/1 says so")).to_contain_text("OBX-5")
    expect(lead.get_by_role("group", name="Field by field")).to_contain_text("Observation.valueQuantity")
    looked_at(lead, "message-open")
    new = audited(hospital).removeprefix(before)
    assert f"urn:tabard:message:{LINK}:2" in new
    assert "a ward misses a result" in new
    assert family not in new

    done(lead, "Why apply it again?", "Apply again", "The message was given to be applied again.")
    hospital.settled()
    lead.reload()
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Applied")
    expect(lead.locator("main")).to_contain_text(re.compile(r"Applied again by Ivo Integration \(\w+\): the ward asks"))


def test_a_held_message_is_tried_again_and_set_aside(hospital: LinkedHospital, browser: Browser) -> None:
    """A result for somebody not known waits; trying again changes nothing yet; set aside it waits for a person."""
    hospital.lorenzo.result_for_stranger()
    hospital.settled()
    seq = hospital.journal.latest(1)[0].seq
    lead = hospital.signed_in(browser, "integration")
    lead.goto(f"{hospital.url}/messages?state=waiting")
    lead.get_by_role("link", name=str(seq), exact=True).click()
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Held")
    done(lead, "Why try again now?", "Try again now", "The message and those held with it were tried again.")
    hospital.settled()
    lead.reload()
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Held")
    done(lead, "Why set it aside?", "Set aside", "The message is set aside")
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Parked")
    lead.goto(f"{hospital.url}/parked")
    expect(lead.locator("main tbody tr")).to_have_count(1)
    looked_at(lead, "parked-aside")
