"""The pages for assessors, makers and the public in a real browser: accessible at two widths, by keyboard, without a script."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Dialog, Page

from accessible import WIDE, must_be_accessible
from browser import chromium
from unit.web_store.judged import Judged, judged_in

PHONE = 320
"""The narrowest that a page must fit. Source: WCAG 2.2, 1.4.10."""


@pytest.fixture(scope="module", name="judged")
def _judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """A store in which much was judged, served until the module's tests are done."""
    folder = tmp_path_factory.mktemp("judged")
    with socket.create_server(("127.0.0.1", 0)) as listener, judged_in(folder, listener.getsockname()[1]) as made:
        app = made.world.app
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield made
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module", name="browser")
def _browser(judged: Judged) -> Iterator[Browser]:
    """A Chromium begun after the world: while it lives, no test in this process can run a loop of its own."""
    del judged
    with chromium() as running:
        yield running


@pytest.fixture(scope="module", name="page")
def _page(browser: Browser, judged: Judged) -> Iterator[Page]:
    """A browser in which the clinical safety reviewer is signed in."""
    context = browser.new_context()
    page, who = context.new_page(), judged.world.people["clinical"]
    page.goto(f"{base(judged)}/sign-in?next=/cases")
    page.fill("#username", who.username)
    page.fill("#password", who.password)
    page.click("main button")
    page.wait_for_url("**/cases")
    yield page
    context.close()


def base(judged: Judged) -> str:
    """Where the store answers."""
    return judged.world.store.settings.base_url


def opened(page: Page, url: str) -> None:
    """The page, wholly there, each part that folds unfolded."""
    page.goto(url)
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")


def test_every_page_is_accessible(page: Page, judged: Judged) -> None:
    """Each with all that folds unfolded, of cases in every state, with what a hostile maker wrote, and narrow."""
    decision = f"/decisions/{judged.decision(judged.accredited)}"
    paths = (
        "/cases",
        "/cases?state=expired",
        f"/cases/{judged.accredited}",
        f"/cases/{judged.suspended}",
        f"/cases/{judged.referred_back}?about=dtac-2.0/C1.2.4",
        f"/cases/{judged.harmful}",
        f"/cases/{judged.accredited}/criteria?framework=dtac-2.0",
        f"/cases/{judged.accredited}/criteria?standing=met",
        f"/cases/{judged.waiting}",
        f"/cases/{judged.waiting}/criteria?framework=dcb0129-4.2&tick=dcb0129-4.2-s3",
        "/evidence/RZZ",
        "/reach",
        judged.world.makers_page(judged.failing),
        judged.world.makers_page(judged.referred_back),
        judged.world.makers_page(judged.refused),
        "/decisions",
        decision,
        f"{decision}/report",
        "/frameworks",
    )
    for path in paths:
        opened(page, base(judged) + path)
        must_be_accessible(page, WIDE, PHONE)


def test_what_a_maker_wrote_runs_nowhere(page: Page, judged: Judged) -> None:
    """No script of a maker's is run, on no page that shows their words."""
    ran: list[str] = []

    def told(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", told)
    for path in (
        f"/cases/{judged.harmful}",
        f"/cases/{judged.harmful}/criteria",
        judged.world.makers_page(judged.harmful),
        "/evidence/RZZ",
        "/cases",
    ):
        opened(page, base(judged) + path)
        assert page.locator("main script").count() == 0
    assert ran == []


def test_the_matrix_and_sections_are_reached_by_keyboard(page: Page, judged: Judged) -> None:
    """The matrix, which can be wider than a phone, takes focus to be scrolled; a section opens by Enter."""
    page.goto(f"{base(judged)}/cases/{judged.accredited}")
    matrix = page.get_by_role("region", name="Risk matrix")
    matrix.focus()
    assert matrix.evaluate("one => document.activeElement === one")
    page.goto(f"{base(judged)}/cases/{judged.accredited}/criteria")
    section = page.locator("details.tabard-section").first
    section.locator("summary").focus()
    page.keyboard.press("Enter")
    assert section.evaluate("one => one.open")


def test_a_question_is_put_without_a_script(browser: Browser, page: Page, judged: Judged) -> None:
    """From the criterion to the form to the maker's page, with scripts switched off."""
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    path = f"{base(judged)}/cases/{judged.referred_back}"
    plain.goto(f"{path}/criteria?framework=dtac-2.0&standing=not_assessed")
    plain.goto(f"{path}?about=dtac-2.0/C1.2.4")
    plain.fill("#words", "Where is the safety case report of this version?")
    plain.click("button:has-text('Refer it back')")
    plain.wait_for_url("**?done=referred-back")
    plain.goto(base(judged) + judged.world.makers_page(judged.referred_back))
    assert "about dtac-2.0/C1.2.4" in plain.inner_text("main")
    context.close()


def test_criteria_are_judged_by_keyboard(page: Page, judged: Judged) -> None:
    """Tick, word, reason and button are reached in their order by Tab, and done by Space and Enter; what is wrong is told and led to."""
    page.goto(f"{base(judged)}/cases/{judged.waiting}/criteria?standing=mine&framework=dcb0129-4.2")
    form = page.locator("details[open] form").first
    form.locator("input[type=checkbox].tabard-box").first.focus()
    page.keyboard.press("Space")
    form.get_by_label("Met", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") != "TEXTAREA":
        page.keyboard.press("Tab")
    page.keyboard.type("Too short.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".nhsuk-error-summary")
    must_be_accessible(page, WIDE, PHONE)
    page.locator(".nhsuk-error-summary a").focus()
    page.keyboard.press("Enter")
    form = page.locator("details[open] form").first
    assert form.locator(".tabard-box:checked").count() == 1, "the tick is still there"
    form.locator("textarea").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("I read it in the safety case of this version.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**judged=1&as=met#next")
    assert "1 criterion is judged: met." in page.inner_text("main")


def test_a_section_is_ticked_and_judged_without_a_script(browser: Browser, page: Page, judged: Judged) -> None:
    """From the count on the case to the section, by a link that ticks, with scripts switched off."""
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{base(judged)}/cases/{judged.waiting}")
    plain.click("text=wait for you")
    plain.click("a[href*='tick-all=']:visible")
    plain.wait_for_url("**tick-all=**")
    form = plain.locator("form:has(.tabard-box:checked)")
    number = form.locator(".tabard-criterion .tabard-box:checked").count()
    assert number == form.locator(".tabard-criterion .tabard-box").count() > 0
    form.get_by_label("Not applicable").check()
    form.locator("textarea").fill("It has nothing of what this section asks.")
    form.locator("button").click()
    plain.wait_for_url(f"**judged={number}&as=not_applicable#next")
    context.close()
