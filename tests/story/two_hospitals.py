"""Two hospitals with both products installed, as the demo makes them, and what a browser does there."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Response, expect

from tabard.demo.house import House
from tabard.demo.waiting import until
from tabard.link import journal_of

TIMEOUT_MS = 20_000


def shoot(page: Page, name: str) -> None:
    """A screenshot in the folder that TABARD_SCREENSHOTS names, when it does."""
    folder = os.environ.get("TABARD_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@dataclass
class Heard:
    """What the gateway answered a page."""

    bodies: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def listen(self, response: Response) -> None:
        """Keep an answer of the gateway's."""
        if "/fhir/" in response.url or "/auth/token" in response.url:
            self.statuses.append(response.status)
            self.bodies.append(f"{response.url} {response.text()}")


@dataclass
class Ward:
    """A hospital in whose ward a nurse looks; `name` for screenshots."""

    house: House
    name: str

    def signed_in(self, browser: Browser) -> Page:
        """A page of the portal, a nurse signed in; its clock is ours."""
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.clock.install()
        page.goto(self.house.base)
        page.get_by_label("Username").fill(self.house.sign_ins[0].username)
        page.get_by_label("Password").fill(self.house.sign_ins[0].password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("link", name="Products").first).to_be_visible()
        return page

    def opened_board(self, page: Page) -> None:
        """The ward board, opened on the ward from the list of products."""
        page.goto(f"{self.house.base}/products")
        options = page.get_by_label("Ward", exact=True).locator("option").all_inner_texts()
        page.get_by_label("Ward", exact=True).select_option(
            label=next(one for one in options if one.startswith(self.house.ward_code))
        )
        page.get_by_role("button", name="Open Ward board").click()
        expect(page.locator("#board")).to_be_visible(timeout=TIMEOUT_MS)
        assert page.url.startswith(f"http://ward-board.localhost:{self.house.port}/")

    def opened_observations(self, page: Page, mrn: str) -> None:
        """Observations, opened from the patient's page."""
        page.goto(f"{self.house.base}/patients?q={mrn}")
        page.locator("a[href^='/patients/']").first.click()
        page.get_by_role("button", name="Open Observations").first.click()
        expect(page.locator("#shown")).to_be_visible(timeout=TIMEOUT_MS)
        assert page.url.startswith(f"http://observations.localhost:{self.house.port}/")

    def refreshed(self, page: Page) -> None:
        """Once every message is filed, let the board's five seconds pass."""
        view = journal_of(self.house.folder)
        until(lambda: view.counts().states["waiting"] == 0, "every message is filed")
        page.clock.run_for(5_500)

    def number(self, mrn: str) -> str:
        """The NHS number as a page writes it; the story follows patients who have one."""
        digits = self.house.ehr.census.person(mrn).nhs_number
        assert digits is not None
        return f"{digits[:3]} {digits[3:6]} {digits[6:]}"

    def admitted(self, ward: str) -> str:
        """Somebody with an NHS number, admitted to a ward; their hospital number."""
        people = self.house.ehr.people
        person = next(one for one in iter(lambda: people.draw((70, 99)), None) if one.nhs_number)
        return self.house.ehr.admit(ward, person=person).event.person.mrn

    def elsewhere(self) -> str:
        """Another ward than the board's."""
        return next(one.code for one in self.house.ehr.layout.wards if one.code != self.house.ward_code)

    def row(self, page: Page, mrn: str) -> Locator:
        """The board's row of a patient."""
        return page.locator("#rows tr", has_text=self.number(mrn))

    def bed(self, mrn: str) -> re.Pattern[str]:
        """The bed in which the pretend hospital has a patient, with its bay where the hospital tells that."""
        stay = self.house.ehr.census.stay(mrn)
        assert stay is not None
        return re.compile(rf"^(.+, )?{re.escape(stay.place.bed)}$")
