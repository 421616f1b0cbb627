"""A feed goes silent: every page and every answer says so, and all is well again with the next message."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from story.linked_hospital import LINK, LinkedHospital, linked_hospital, looked_at
from tabard.demo.launching import App
from tabard.fhir import Resource, decode

OF_A_LEAD = ("/", "/links", "/messages", "/messages/1", "/parked", f"/links/{LINK}/dialect")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedHospital]:
    with linked_hospital(tmp_path_factory.mktemp("silence") / "h") as linked:
        yield linked


def pages_of_a_nurse(hospital: LinkedHospital, nurse: Page, mrn: str) -> tuple[str, ...]:
    """Addresses of all that a nurse looks at."""
    nurse.goto(f"{hospital.url}/wards")
    ward = nurse.get_by_role("link", name="Fern", exact=True).get_attribute("href") or ""
    nurse.goto(f"{hospital.url}/patients?q={mrn}")
    patient = nurse.locator("a[href^='/patients/']").first.get_attribute("href") or ""
    return ("/", "/wards", ward, "/patients", f"/patients?q={mrn}", patient, "/products", "/products/ward-board")


def every_page_says(hospital: LinkedHospital, pages: dict[Page, tuple[str, ...]], words: str) -> None:
    """The line about how fresh the page is says these words on each."""
    for page, addresses in pages.items():
        for address in addresses:
            page.goto(f"{hospital.url}{address}")
            expect(page.get_by_role("region", name="How fresh this page is")).to_contain_text(words)


def warnings(bundle: Resource) -> list[str]:
    """What the OperationOutcomes of a searchset say."""
    told = (one["resource"] for one in bundle["entry"] if one["search"]["mode"] == "outcome")
    return [issue["diagnostics"] for one in told for issue in one["issue"]]


def answered(asked: App) -> tuple[str, list[str]]:
    """How the gateway tells a product of the feed: by the header, and by warnings in a bundle."""
    answer = asked.get("/Encounter?status=in-progress")
    assert answer.status_code == 200
    return answer.headers["Tabard-Feed"], warnings(decode(answer.content))


def test_a_feed_goes_silent_and_is_live_again(hospital: LinkedHospital, browser: Browser) -> None:
    """Live, then silent after ten minutes without a message, on every page and in every answer, then live again."""
    mrn = hospital.lorenzo.admit("Fern").event.person.mrn
    hospital.settled()
    nurse, lead = (hospital.signed_in(browser, name) for name in ("nurse", "integration"))
    pages = {nurse: pages_of_a_nurse(hospital, nurse, mrn), lead: OF_A_LEAD}
    ward = pages[nurse][2].rpartition("/")[2]
    every_page_says(hospital, pages, f"Feed {LINK}: Live.")
    asked = hospital.asked(ward)
    header, told = answered(asked)
    assert f'"{LINK}";state=live' in header
    assert told == []
    asked.close()

    hospital.clock.by += timedelta(minutes=15)
    every_page_says(hospital, pages, "What you see may be out of date: check the patient record system itself.")
    lead.goto(f"{hospital.url}/links")
    expect(lead.get_by_role("heading", level=2, name=LINK)).to_contain_text("SILENT since")
    looked_at(lead, "links-silent")
    asked = hospital.asked(ward)
    header, told = answered(asked)
    assert f'"{LINK}";state=silent' in header
    assert len(told) == 1
    assert LINK in told[0]

    hospital.lorenzo.admit("Fern")
    hospital.settled()
    every_page_says(hospital, pages, f"Feed {LINK}: Live.")
    header, told = answered(asked)
    assert f'"{LINK}";state=live' in header
    assert told == []
    asked.close()
