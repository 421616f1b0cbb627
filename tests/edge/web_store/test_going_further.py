"""Letting a version go further than its first hospital, in a real browser: accessible, written without a script, signed by a key that stays."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from accessible import WIDE, must_be_accessible
from browser import chromium
from tabard.decision import Outcome
from tabard.ground.keys import write_signing_key
from unit.web_store.first_of_type import ITEM, first_of_type_in
from unit.web_store.judged import who
from unit.web_store.world import World

PHONE = 320
"""The narrowest that a page must fit. Source: WCAG 2.2, 1.4.10."""


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """The store, served until the module's tests are done."""
    folder = tmp_path_factory.mktemp("first")
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        first_of_type_in(folder, listener.getsockname()[1]) as made,
    ):
        app = made[0].app
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield made
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module", name="browser")
def _browser(made: tuple[World, str]) -> Iterator[Browser]:
    """A Chromium begun after the world: while it lives, no test in this process can run a loop of its own."""
    del made
    with chromium() as running:
        yield running


def test_a_version_goes_further_by_the_pages(browser: Browser, made: tuple[World, str], tmp_path: Path) -> None:
    """Form, problem and statement are accessible at two widths; one writes it without a script; both sign; it stands."""
    world, case = made
    plain = _signed_in(browser, world, "clinical", has_scripts=False)
    plain.goto(_address(world, f"/cases/{case}"))
    plain.click("text=Let it go further")
    plain.wait_for_url("**/widening")
    plain.click("main form button:has-text('Write the new decision')")
    plain.wait_for_selector(".nhsuk-error-summary")
    plain.click(".nhsuk-error-summary a")
    plain.get_by_label("To every hospital").check()
    for number in (1, 2):
        plain.select_option(f"#evidence-{number}", ITEM)
        plain.fill(f"#words-{number}", "Nothing was reported in eleven weeks.")
    plain.click("main form button:has-text('Write the new decision')")
    plain.wait_for_url("**/widening?done=drafted")
    world.store.drop_widening(case, who(world, "clinical"))
    page = _signed_in(browser, world, "clinical")
    page.goto(_address(world, f"/cases/{case}/widening"))
    must_be_accessible(page, WIDE, PHONE)
    page.click("main form button:has-text('Write the new decision')")
    page.wait_for_selector(".nhsuk-error-summary")
    must_be_accessible(page, WIDE, PHONE)
    page.get_by_label("To these further hospitals").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("RYY")
    page.keyboard.press("Enter")
    page.wait_for_url("**/widening?done=drafted")
    must_be_accessible(page, WIDE, PHONE)
    for name in ("clinical", "security"):
        signing = page if name == "clinical" else _signed_in(browser, world, name)
        write_signing_key(tmp_path / f"{name}.pem", world.people[name].key)
        signing.goto(_address(world, f"/cases/{case}/widening"))
        signing.set_input_files("#key", tmp_path / f"{name}.pem")
        signing.click("text=Sign this decision")
        signing.wait_for_url("**?done=*ed")
    found = world.store.case(case)
    assert found.case.widening is None
    assert found.decision is not None
    assert found.decision.outcome is Outcome.first_of_type
    assert found.decision.first_of_type is not None
    assert found.decision.first_of_type.sites == ("RXX", "RYY")


def _signed_in(browser: Browser, world: World, name: str, *, has_scripts: bool = True) -> Page:
    page, person = browser.new_context(java_script_enabled=has_scripts).new_page(), world.people[name]
    page.goto(_address(world, "/sign-in?next=/cases"))
    page.fill("#username", person.username)
    page.fill("#password", person.password)
    page.click("main button")
    page.wait_for_url("**/cases")
    return page


def _address(world: World, path: str) -> str:
    return world.store.settings.base_url + path
