"""In a real browser: a doctor opens a patient inside the record system, and Tabard opens on that patient, or on nothing.

At Millpond Royal by the pretend Millennium's own SMART launch, at St Elsewhere by the pretend Lorenzo's signed address.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server, socket
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accessible import must_be_accessible
from edge.ehr_launch.opened import (
    LORENZO_MRN,
    SECRET,
    Opened,
    by_lorenzo,
    by_millennium,
    hold_messages_about,
)
from story.two_hospitals import TIMEOUT_MS, shoot
from tabard.sandbox import LorenzoScreen
from unit.web.world import PASSWORD

MILLPOND_MRN = "urn:tabard:authority:Millpond%20MRN"


@dataclass
class Inside:
    """A record system in whose screen a doctor sits, and the hospital that it opens."""

    house: Opened
    base: str
    screen: str
    doctor: str
    mrn_system: str
    patient_button: str
    product_button: str
    ward: str

    def signed_in(self, context: BrowserContext) -> Page:
        """The doctor's screen, the doctor signed in there and nowhere else."""
        page = context.new_page()
        page.goto(self.screen)
        page.get_by_role("button", name=f"Sign in as {self.doctor}").click()
        expect(page.get_by_text("Signed in as")).to_be_visible()
        return page

    def name(self, mrn: str) -> str:
        """The patient as the screen's buttons name them."""
        person = self.house.ehr.census.person(mrn)
        family = person.family if self.screen.endswith("/screen") else person.family.upper()
        return f"{family}, {person.given}"

    def open(self, page: Page, mrn: str, button: str) -> None:
        """The button of a patient's row."""
        page.get_by_role("button", name=f"Open {button} on {self.name(mrn)}", exact=True).first.click()


@pytest.fixture(scope="module")
def millpond(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with serving(tmp_path_factory.mktemp("millpond") / "h", by_millennium) as (house, base):
        mrn = house.admit("Teal")
        house.millennium.discharge(mrn)  # so that the chart knows its doctors
        screen = house.millennium.screen
        yield Inside(house, base, screen, "Venkatesan", MILLPOND_MRN, "tabard", "observations", "Teal")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    desk: list[LorenzoScreen] = []
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    origins = (f"http://localhost:{port}",)
    with serving(tmp_path_factory.mktemp("elsewhere") / "h", by_lorenzo, origins=origins) as (house, base):
        place = f"{base}/context/lorenzo"
        places = {"Tabard": place, "Observations": f"{place}/observations"}
        desk.append(LorenzoScreen(house.ehr.census, places, SECRET, house.clock, port))
        desk[0].start()
        try:
            inside = Inside(
                house, base, desk[0].origin, "Dr Jaya Mistry", LORENZO_MRN, "Tabard", "Observations", "Fern"
            )
            yield inside
        finally:
            desk[0].close()


@pytest.fixture(params=["millpond", "elsewhere"])
def inside(request: pytest.FixtureRequest) -> Inside:
    """Each hospital in turn."""
    found: Inside = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a session anywhere."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@contextmanager
def serving(
    folder: Path, house_of: Callable[..., AbstractContextManager[Opened]], **more: Any
) -> Iterator[tuple[Opened, str]]:
    """A hospital on a real socket."""
    web: socket = create_server(("127.0.0.1", 0))
    port = web.getsockname()[1]
    with house_of(folder, web_port=port, **more) as house:
        config = uvicorn.Config(house.app, lifespan="off", log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [web]})
        thread.start()
        try:
            yield house, f"http://localhost:{port}"
        finally:
            server.should_exit = True
            thread.join()


def test_the_patient_who_is_open_opens_without_a_second_password(inside: Inside, context: BrowserContext) -> None:
    """Of two on the ward the right one's page, the doctor's name on it; nobody was asked for anything."""
    mrn, _other = inside.house.admit(inside.ward), inside.house.admit(inside.ward)
    page = inside.signed_in(context)
    page.reload()
    inside.open(page, mrn, inside.patient_button)
    person = inside.house.ehr.census.person(mrn)
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.given, timeout=TIMEOUT_MS)
    assert page.url.startswith(f"{inside.base}/patients/")
    assert page.url.rpartition("/")[2] == inside.house.ids("Patient", inside.mrn_system, mrn)[0]
    expect(page.locator(".tabard-person")).to_contain_text(inside.doctor.split()[-1])
    must_be_accessible(page)
    shoot(page, f"launched-{inside.ward}")


def test_a_product_opens_on_the_patient(inside: Inside, context: BrowserContext) -> None:
    """The product gets a code of our own server for the launch, and shows this patient."""
    mrn = inside.house.admit(inside.ward)
    page = inside.signed_in(context)
    page.reload()
    inside.open(page, mrn, inside.product_button)
    expect(page.locator("#shown")).to_be_visible(timeout=TIMEOUT_MS)
    assert page.url.startswith("http://observations.localhost:")
    person = inside.house.ehr.census.person(mrn)
    expect(page.locator("body")).to_contain_text(person.given)


def test_an_ambiguous_context_opens_nothing(inside: Inside, context: BrowserContext) -> None:
    """Messages about the patient wait for a person's word: a page says why and what to do, and nobody is signed in."""
    mrn = inside.house.admit(inside.ward)
    hold_messages_about(inside.house, inside.house.ids("Patient", inside.mrn_system, mrn)[0])
    page = inside.signed_in(context)
    page.reload()
    inside.open(page, mrn, inside.patient_button)
    expect(page.get_by_role("heading", name="Nothing was opened")).to_be_visible(timeout=TIMEOUT_MS)
    expect(page.locator("main")).to_contain_text("Messages about this patient wait")
    expect(page.locator("main")).not_to_contain_text(mrn)
    must_be_accessible(page)
    shoot(page, f"not-opened-{inside.ward}")
    page.goto(f"{inside.base}/wards")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_address_from_the_history_opens_nothing(elsewhere: Inside, context: BrowserContext) -> None:
    """Going back to the address, or sending it on, is a second use."""
    mrn, heard = elsewhere.house.admit(elsewhere.ward), list[str]()
    page = elsewhere.signed_in(context)
    page.reload()
    page.on("request", lambda request: heard.append(request.url))
    elsewhere.open(page, mrn, "Tabard")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=TIMEOUT_MS)
    (address,) = {one for one in heard if "/context/" in one}
    page.goto(elsewhere.screen)
    page.evaluate("address => { location.href = address }", address)
    expect(page.get_by_role("heading", name="Nothing was opened")).to_be_visible(timeout=TIMEOUT_MS)
    expect(page.locator("main")).to_contain_text("used before")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("opened from a place that is not the record system")


def test_who_was_signed_in_before_is_signed_out_and_that_is_said(inside: Inside, context: BrowserContext) -> None:
    """A nurse left the portal open on the same computer: the doctor reads it and goes on as themselves."""
    mrn = inside.house.admit(inside.ward)
    portal = context.new_page()
    portal.goto(f"{inside.base}/sign-in")
    portal.get_by_label("Username").fill("nurse")
    portal.get_by_label("Password").fill(PASSWORD)
    portal.get_by_role("button", name="Sign in").click()
    expect(portal.locator(".tabard-person")).to_contain_text("Nia Nurse")
    page = inside.signed_in(context)
    page.reload()
    inside.open(page, mrn, inside.patient_button)
    expect(page.get_by_role("heading", name="Before you go on")).to_be_visible(timeout=TIMEOUT_MS)
    expect(page.locator("main")).to_contain_text("Nia Nurse was signed in here")
    must_be_accessible(page)
    shoot(page, f"changed-{inside.ward}")
    page.get_by_role("button", name="Continue to the patient").click()
    person = inside.house.ehr.census.person(mrn)
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.given)
    portal.goto(f"{inside.base}/wards")
    expect(portal.locator(".tabard-person")).to_contain_text(inside.doctor.split()[-1])
