"""A hospital as it is served, with a pretend Lorenzo linked to it over MLLP, and people who sign in there."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_server

import uvicorn
from playwright.sync_api import Browser, Page, expect

from accessible import NARROW, WIDE, must_be_accessible
from story.two_hospitals import shoot
from tabard.accounts import Cost
from tabard.demo.launching import App, launch
from tabard.demo.products import product_folder
from tabard.demo.visitor import Visitor
from tabard.ground.time import system_clock
from tabard.hospital import Role, init, load
from tabard.link import JournalView, Links, LinkSettings, add_link, journal_of
from tabard.product import read_manifest
from tabard.sandbox import PretendLorenzo
from tabard.wiring import running

LINK = "lorenzo"
PASSWORD = "correct horse"
PATIENCE_S = 60.0
SILENCE_S = 600
CHEAP = Cost(log2_n=4, r=1, p=1)
PEOPLE = (
    ("nurse", "Nia Nurse", Role.clinician),
    ("integration", "Ivo Integration", Role.integration),
    ("safety", "Sia Safety", Role.clinical_safety),
)


@dataclass
class TurnedClock:
    """The clock of the machine, set forward."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Now, as this clock says."""
        return system_clock() + self.by


@dataclass
class LinkedHospital:
    """A hospital that answers at `url`, and the pretend Lorenzo that its link hears."""

    folder: Path
    url: str
    links: Links
    lorenzo: PretendLorenzo
    clock: TurnedClock
    journal: JournalView = field(init=False)

    def __post_init__(self) -> None:
        self.journal = journal_of(self.folder)

    def settled(self) -> None:
        """Return once no message waits but what is held."""
        end = time.monotonic() + PATIENCE_S
        while self._in_turn():
            assert time.monotonic() < end, self.links.faults()
            time.sleep(0.02)  # between two looks at another thread's work; no test's outcome hangs on it

    def _in_turn(self) -> int:
        counts = self.journal.counts()
        return counts.states["waiting"] - sum(counts.held_reasons.values())

    def asked(self, ward: str) -> App:
        """The ward board as it asks the gateway, launched on a ward by its id."""
        visitor = Visitor(self.url)
        visitor.sign_in("nurse", PASSWORD)
        app = launch(visitor, read_manifest(product_folder("ward-board")), f"/wards/{ward}", "ward", ward)
        visitor.close()
        return app

    def signed_in(self, browser: Browser, username: str) -> Page:
        """A window of their own for somebody signed in."""
        page = browser.new_context(viewport={"width": WIDE, "height": 900}).new_page()
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page


@contextmanager
def linked_hospital(
    folder: Path, *, dialect: str = "st-elsewhere", seed: int = 7, record: str | None = None
) -> Iterator[LinkedHospital]:
    """The hospital, served on real sockets until the context is left; a feed is silent after ten minutes of its clock."""
    web = create_server(("127.0.0.1", 0))
    port = web.getsockname()[1]
    init(folder, "St Elsewhere Hospital", "RZZ", port, for_trials=True, record=record, cost=CHEAP)
    hospital = load(folder, cost=CHEAP)
    hospital.installs.install(product_folder("ward-board"))
    for username, name, role in PEOPLE:
        hospital.accounts.put(username, name, frozenset({role}), PASSWORD)
    add_link(folder, LinkSettings(name=LINK, dialect=dialect, port=0, silence_after_s=SILENCE_S))
    clock = TurnedClock()
    with running(folder, clock) as served:
        server = uvicorn.Server(
            uvicorn.Config(served.app, lifespan="off", log_config=None, access_log=False, ws="none")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [web]})
        thread.start()
        lorenzo = PretendLorenzo(*served.links.addresses()[LINK], seed=seed)
        try:
            yield LinkedHospital(folder, f"http://localhost:{port}", served.links, lorenzo, clock)
        finally:
            lorenzo.close()
            server.should_exit = True
            thread.join()


def looked_at(page: Page, name: str) -> None:
    """Sound for screen readers and no wider than the screen, on a desk and on a telephone."""
    for width in (NARROW, WIDE):
        must_be_accessible(page, width)
        shoot(page, f"{name}-{width}")
