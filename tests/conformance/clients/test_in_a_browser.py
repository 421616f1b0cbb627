"""npm's `fhirclient` and `@medplum/core` in Chromium, as they are installed: pages of another site, over TLS."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from browser import QUIETLY, chromium_path
from conformance.clients.asked import FROM_EHR, REGISTERED, STANDALONE
from conformance.clients.learnt import must_be_right, must_be_right_by_medplum
from conformance.clients.node import app, needs_node_modules
from conformance.clients.served import PASSWORD, USERNAME, Served

pytestmark = needs_node_modules
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def browser(hospital: Served) -> Iterator[Browser]:
    """A Chromium that trusts the two keys of this session and no other certificate of no known authority.

    It takes authorities only from the machine's own store, which a test does not change.
    """
    pins = f"--ignore-certificate-errors-spki-list={hospital.certified.pins}"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path(), args=[*QUIETLY, pins])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def choose(page: Page, hospital: Served) -> None:
    page.get_by_label("Find a patient").fill(hospital.number)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name=re.compile("^Choose")).click()


def consent(page: Page) -> None:
    page.get_by_role("button", name="Allow what is chosen").click()


def learnt(page: Page) -> dict[str, Any]:
    """What the app told, once it has asked everything."""
    told: dict[str, Any] = page.wait_for_function("window.told").json_value()
    return told


def settings(hospital: Served, client: str, scope: str) -> dict[str, object]:
    known = {"hospital": hospital.url, "base": hospital.base, "other": hospital.other}
    return {"clientId": client, "scope": scope, **known}


def test_fhirclient_standalone(hospital: Served, page: Page) -> None:
    """Launched by itself: signed in, patient chosen, consent given; then refresh, search, pages, read, create."""
    with app("pages_app.mjs", hospital.certified, **settings(hospital, "page-alone", STANDALONE)) as at:
        hospital.register("page-alone", f"{at}/fhirclient.html", REGISTERED)
        page.goto(f"{at}/fhirclient-launch.html")
        sign_in(page)
        choose(page, hospital)
        consent(page)
        must_be_right(hospital, learnt(page))


def test_fhirclient_launched_from_the_ehr(hospital: Served, page: Page) -> None:
    """Opened by the address that `tabard hospital launch` prints, by whoever is signed in."""
    with app("pages_app.mjs", hospital.certified, **settings(hospital, "page-ehr", FROM_EHR)) as at:
        launch = f"{at}/fhirclient-launch.html"
        hospital.register("page-ehr", f"{at}/fhirclient.html", REGISTERED, "--launch", launch)
        page.goto(hospital.launch("page-ehr"))
        sign_in(page)
        consent(page)
        must_be_right(hospital, learnt(page))


@pytest.mark.parametrize("is_launched", [False, True], ids=["standalone", "from-the-ehr"])
def test_medplum(hospital: Served, page: Page, *, is_launched: bool) -> None:
    """Medplum's own client: launch, a refresh when a token is no longer good, search, pages, read, create, batch."""
    client = f"medplum-{is_launched:d}"
    scope = FROM_EHR if is_launched else STANDALONE
    with app("pages_app.mjs", hospital.certified, **settings(hospital, client, scope)) as at:
        start = f"{at}/medplum.html"
        hospital.register(client, start, REGISTERED, "--launch", start)
        page.goto(hospital.launch(client) if is_launched else start)
        sign_in(page)
        if not is_launched:
            choose(page, hospital)
        consent(page)
        told = learnt(page)
    must_be_right_by_medplum(hospital, told)


def test_a_browser_that_was_told_of_no_key_does_not_come_here(hospital: Served, browser: Browser) -> None:
    """What the others find is found by verified TLS: without the two keys the certificate is refused."""
    stranger = browser.browser_type.launch(executable_path=chromium_path(), args=list(QUIETLY))
    try:
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            stranger.new_page().goto(hospital.base)
    finally:
        stranger.close()
