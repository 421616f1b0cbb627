"""The pages of consent and of choosing a patient, in Chromium, with and without JavaScript."""

import base64
import hashlib
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.smart.conftest import Served
from unit.web.world import PASSWORD

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh browser window."""
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 1100, "height": 900})
    yield context.new_page()
    context.close()


def authorize_at(served: Served, **changed: str) -> str:
    """The address to which an app sends the browser."""
    wishes = {
        "response_type": "code",
        "client_id": "growth",
        "redirect_uri": served.redirect,
        "scope": "launch/patient openid offline_access patient/*.rs",
        "state": "s1",
        "aud": f"{served.url}/fhir",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{served.url}/auth/authorize?{urlencode(wishes | changed)}"


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("nurse")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def choose_somebody(page: Page) -> None:
    page.get_by_label("Find a patient").fill("1941-06-09")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name=re.compile("^Choose")).first.click()


def test_a_standalone_launch_from_sign_in_to_the_app(served: Served, page: Page) -> None:
    """Signed in, patient chosen, scopes narrowed: the app gets its code and state, and no error on the way."""
    page.goto(authorize_at(served))
    sign_in(page)
    expect(page.get_by_role("heading", name="Choose a patient for Growth charts")).to_be_visible()
    choose_somebody(page)
    expect(page.get_by_role("heading", name="Let Growth charts in?")).to_be_visible()
    page.get_by_label(re.compile("reports, such as")).uncheck()
    page.get_by_label("Only vital signs, such as blood pressure").check()
    page.get_by_role("button", name="Allow what is chosen").click()
    page.wait_for_url(f"{served.redirect}**")
    told = parse_qs(urlsplit(page.url).query)
    assert told["state"] == ["s1"]
    assert told["iss"] == [f"{served.url}/fhir"]
    assert "code" in told


def test_nothing_chosen_is_told_and_denied_goes_back_with_an_error(served: Served, page: Page) -> None:
    """With no box ticked the page says so; with the other button the app is told access_denied."""
    page.goto(authorize_at(served))
    sign_in(page)
    choose_somebody(page)
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Allow what is chosen").click()
    expect(page.get_by_text("Choose at least one thing")).to_be_visible()
    page.get_by_role("button", name="Do not let it in").click()
    page.wait_for_url(f"{served.redirect}**")
    assert parse_qs(urlsplit(page.url).query)["error"] == ["access_denied"]


def test_a_visit_is_chosen_where_the_app_wants_one(served: Served, page: Page) -> None:
    """launch/encounter: first the patient, then one of the patient's visits."""
    page.goto(authorize_at(served, scope="launch/encounter patient/Encounter.rs"))
    sign_in(page)
    page.get_by_label("Find a patient").fill("1941-06-09")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=re.compile("^Choose a visit")).first.click()
    expect(page.get_by_role("heading", name="Choose a visit for Growth charts")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Choose this visit")).first.click()
    expect(page.get_by_role("heading", name="Let Growth charts in?")).to_be_visible()
