"""The portal in Chromium: sound for screen readers, whole without JavaScript, and silent to the outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from accessible import NARROW, WIDE, faults, must_be_accessible
from edge.web.conftest import Served
from unit.web.world import NOW, PASSWORD

PAGES = (
    "/",
    "/wards",
    "/wards/ward-a",
    "/wards/ward-c",
    "/patients",
    "/patients?q=smith",
    "/patients?q=nobody",
    "/patients?q=31/02/1960",
    "/patients/p1",
    "/patients/p3",
    "/patients/p5",
    "/patients/p6",
    "/patients/nobody",
    "/products",
    "/links",
    "/parked",
    "/messages",
    "/messages?state=parked&event=nothing&from=yesterday",
    "/messages/7",
    "/nowhere",
)


@contextmanager
def _tab(browser: Browser, width: int = WIDE, *, javascript: bool = True) -> Iterator[Page]:
    """A fresh window without a history; what a policy forbade and what failed unforeseen is told at the end."""
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=javascript)
    page = context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def _sign_in(page: Page, hospital: Served, username: str = "admin") -> None:
    page.goto(f"{hospital.url}/sign-in")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="St Elsewhere Hospital").wait_for()


def test_every_page_is_clean_to_axe(browser: Browser, hospital: Served) -> None:
    """No page breaks an accessibility rule at either width, nor is wider than the screen."""
    with _tab(browser) as page:
        page.goto(f"{hospital.url}/sign-in")
        must_be_accessible(page, WIDE, NARROW)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="There is a problem").wait_for()
        must_be_accessible(page, WIDE, NARROW)
        _sign_in(page, hospital)
        for path in PAGES:
            page.goto(hospital.url + path)
            must_be_accessible(page, WIDE, NARROW)


def test_a_silent_feed_is_clean_to_axe_too(browser: Browser, hospital: Served) -> None:
    """The warning of a silent feed can be read by everybody."""
    hospital.world.links.silence(NOW - timedelta(minutes=63))
    hospital.world.links.broken = ("The disk is full.",)
    with _tab(browser) as page:
        _sign_in(page, hospital)
        for path in ("/", "/wards", "/links"):
            page.goto(hospital.url + path)
            page.get_by_role("region", name="How fresh this page is").get_by_text("SILENT since 13:03").wait_for()
            assert (path, faults(page)) == (path, [])


def test_nothing_is_fetched_from_outside_and_styles_arrive(browser: Browser, hospital: Served) -> None:
    """Every request goes to the hospital itself; the NHS styles are there, in a font of the machine."""
    asked: list[str] = []

    def noted(request: Request) -> None:
        asked.append(request.url)

    with _tab(browser) as page:
        page.on("request", noted)
        _sign_in(page, hospital)
        for path in PAGES:
            page.goto(hospital.url + path)
        page.goto(f"{hospital.url}/wards")
        font = page.evaluate("getComputedStyle(document.body).fontFamily")
        header = page.evaluate("getComputedStyle(document.querySelector('.nhsuk-header')).backgroundColor")
    assert {url for url in asked if not url.startswith(hospital.url)} == set()
    assert "Frutiger" not in font
    assert "system-ui" in font
    assert header == "rgb(0, 94, 184)"


def test_a_product_is_launched_by_a_button_without_javascript_in_the_portal(browser: Browser, hospital: Served) -> None:
    """From a ward to the product on its own origin, by links and buttons alone; the policy lets the redirect through."""
    with _tab(browser, javascript=False) as page:
        _sign_in(page, hospital, "nurse")
        page.get_by_role("link", name="Wards").first.click()
        page.get_by_role("link", name="Oak Ward").click()
        page.get_by_role("button", name="Open Ward board for Oak Ward").click()
        page.wait_for_url("http://ward-board.localhost:*/launch.html?iss=*")


def test_a_launched_product_runs_its_own_script(browser: Browser, hospital: Served) -> None:
    """The product's page works under its policy, with iss and launch in hand, from the list of products too."""
    with _tab(browser) as page:
        _sign_in(page, hospital, "nurse")
        page.goto(f"{hospital.url}/products")
        page.get_by_label("Ward", exact=True).select_option(label="Oak Ward (RXX01)")
        page.get_by_role("button", name="Open Ward board").click()
        page.wait_for_url("http://ward-board.localhost:*/launch.html?iss=*")
        assert page.title() == f"launched from {hospital.url}/fhir"


def test_sign_in_comes_back_to_the_page_that_was_wanted(browser: Browser, hospital: Served) -> None:
    """Somebody who opens a ward without a session sees that ward after signing in, and signs out again."""
    with _tab(browser) as page:
        page.goto(f"{hospital.url}/wards/ward-a")
        page.get_by_label("Username").fill("nurse")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", level=1, name="Oak Ward").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", level=1, name="Sign in").wait_for()
        page.goto(f"{hospital.url}/wards/ward-a")
        page.get_by_role("heading", level=1, name="Sign in").wait_for()


def test_the_first_key_reaches_the_content(browser: Browser, hospital: Served) -> None:
    """The first Tab shows the skip link, and it leads to the content."""
    with _tab(browser) as page:
        _sign_in(page, hospital)
        page.goto(f"{hospital.url}/wards")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
        page.keyboard.press("Enter")
        page.wait_for_url("**/wards#maincontent")


def test_a_page_left_open_says_how_old_it_is(browser: Browser, hospital: Served) -> None:
    """After some minutes the line about the page's time asks to load it again."""
    with _tab(browser) as page:
        page.clock.install()
        _sign_in(page, hospital)
        page.goto(f"{hospital.url}/wards")
        page.clock.fast_forward("05:00")
        page.get_by_text("That is 5 minutes ago: load it again to see what came since.").wait_for()
