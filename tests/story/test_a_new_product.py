"""What `tabard product new` writes works as it is: opened with a patient it says who that is, and when it may not be so."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from story.pretend_gateway import PRODUCTS
from story.pretend_patient import PatientGateway
from tabard.product import starter


@pytest.fixture(name="gateway")
def _gateway(context: BrowserContext, tmp_path: Path) -> PatientGateway:
    vendor = PRODUCTS / "observations/vendor"
    parts = {f"vendor/{file.name}": file.read_bytes() for file in vendor.iterdir()}
    (tmp_path / "vendor").mkdir()
    for name, content in starter("first-steps", "First steps", "RZZ", parts).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    gateway = type("NewGateway", (PatientGateway,), {"product": tmp_path})(context)
    assert isinstance(gateway, PatientGateway)
    return gateway


@pytest.fixture
def opened(gateway: PatientGateway, page: Page) -> Page:
    page.clock.install()
    gateway.open_board(page)
    expect(page.locator("#banner")).to_be_visible()
    page.clock.run_for(1_500)
    return page


def test_it_says_who_the_patient_is(opened: Page, gateway: PatientGateway) -> None:
    """Name, birth date, both numbers, no warning while the feed is live, and nothing from outside."""
    for words in ("PATEL, Priya (Mrs)", "12-Mar-1948", "999 000 0018", "400123"):
        expect(opened.locator("#banner")).to_contain_text(words)
    expect(opened.locator("#notice")).to_be_hidden()
    assert gateway.outside == []


@pytest.mark.parametrize("feed", [None, '"a";state=silent', '"a";state=live, "b";state=behind'])
def test_it_says_when_that_may_be_out_of_date(opened: Page, gateway: PatientGateway, feed: str | None) -> None:
    """A feed that is not live, or not told of."""
    gateway.feed = feed
    opened.clock.run_for(16_000)
    expect(opened.locator("#notice")).to_contain_text("This may be out of date")


def test_an_answer_that_does_not_come_is_told_and_at_last_nothing_is_shown(
    opened: Page, gateway: PatientGateway
) -> None:
    """First it is marked, after five minutes it is gone."""
    gateway.fails = "cut"
    opened.clock.run_for(61_000)
    expect(opened.locator("#notice")).to_contain_text("This is NOT current")
    opened.clock.fast_forward("05:30")
    opened.clock.run_for(2_000)
    expect(opened.locator("#banner")).to_be_hidden()
    assert "PATEL" not in opened.content().replace("OBSERVATIONS", "")


def test_another_patient_or_an_ended_session_stops_it(opened: Page, gateway: PatientGateway) -> None:
    """Nothing of a patient stays on the screen."""
    gateway.answers["Patient"] = '{"resourceType":"Patient","id":"p2","name":[{"family":"Okafor"}]}'
    opened.clock.run_for(16_000)
    expect(opened.locator("#notice")).to_contain_text("STOPPED")
    assert not [name for name in ("PATEL", "OKAFOR") if name in opened.content()]


def test_an_ended_session_is_told(opened: Page, gateway: PatientGateway) -> None:
    """And everything goes."""
    gateway.fails = 401
    opened.clock.run_for(16_000)
    expect(opened.locator("#notice")).to_contain_text("Your session has ended")
    expect(opened.locator("#banner")).to_be_hidden()
