"""What the stories share: one Chromium, and a fresh page for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from browser import chromium
from story.pretend_gateway import BOARD, PretendGateway


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for one file of stories: while it lives, no test in this process can run a loop of its own."""
    with chromium() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 800})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def gateway(context: BrowserContext) -> PretendGateway:
    if not (BOARD / "vendor/fhir-client.js").is_file():
        raise FileNotFoundError("the ward board lacks vendor/fhir-client.js. Remedy: run `make setup`")
    return PretendGateway(context)
