"""A nurse opens a patient, and a product that looks at the record advises beside the page: asked, answered, and reacted to."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from story.linked_hospital import LinkedHospital, linked_hospital, looked_at
from tabard.cli.wheels import fetch
from tabard.demo.products import product_folder
from tabard.hospital import load
from tabard.sandbox import VITAL_SIGNS

UP_MS = 60_000


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedHospital]:
    product = tmp_path_factory.mktemp("products") / "early-warning"
    shutil.copytree(
        product_folder("early-warning"), product, ignore=shutil.ignore_patterns("__pycache__", "wheels", ".*")
    )
    fetch(product)
    with linked_hospital(tmp_path_factory.mktemp("advice") / "h") as linked:
        load(linked.folder).installs.install(product)
        yield linked


def opened(hospital: LinkedHospital, nurse: Page, number: str) -> None:
    """The page of a patient, found by number."""
    nurse.goto(f"{hospital.url}/patients?q={number}")
    nurse.locator("main a[href^='/patients/']").first.click()


def advised(nurse: Page, words: str) -> None:
    """The page, once the product's server is up and what it says stands there."""
    place = nurse.locator("[data-cards]")
    for _ in range(60):
        expect(nurse.locator("[data-advice] [role=status]")).to_have_text("", timeout=UP_MS)
        if any(words in card for card in place.locator("article").all_inner_texts()):  # why there is none names it too
            return
        nurse.wait_for_timeout(1000)
        nurse.reload()
    raise AssertionError(place.inner_text())


def test_a_sick_patient_is_opened_and_the_product_says_so(hospital: LinkedHospital, browser: Browser) -> None:
    """The card comes into the page by itself; whose it is, how urgent and what it rests on can be read; the audit has the call."""
    admitted = hospital.lorenzo.admit("Fern")
    mrn, family = admitted.event.person.mrn, admitted.event.person.family
    hospital.lorenzo.result(mrn, VITAL_SIGNS, ["88", "52", "128", "38.9", "27", "89"])
    hospital.settled()
    nurse = hospital.signed_in(browser, "nurse")
    opened(hospital, nurse, mrn)
    advised(nurse, "NEWS2")
    looked_at(nurse, "patient-advised")
    card = nurse.locator("article").first
    expect(card).to_contain_text("Early warning")
    expect(card).to_contain_text("Critical")
    nurse.goto(f"{nurse.url}/advice")
    expect(nurse.locator("article").first).to_contain_text("NEWS2")
    looked_at(nurse, "advice")
    audit = "".join(file.read_text() for file in sorted((hospital.folder / "audit").glob("*.ndjson")))
    assert '"action":"hook"' in audit
    assert family not in audit


def test_without_scripts_a_link_leads_to_the_advice(hospital: LinkedHospital, browser: Browser) -> None:
    """The patient's page is whole by itself."""
    signed_in = hospital.signed_in(browser, "nurse")
    plain = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state()).new_page()
    plain.goto(f"{hospital.url}/patients?q=")
    plain.goto(f"{hospital.url}/wards")
    plain.locator("main a").first.click()
    plain.locator("main a[href^='/patients/']").first.click()
    plain.get_by_role("link", name="See what products advise").click()
    expect(plain.get_by_role("heading", name="Advice of products")).to_be_visible()
