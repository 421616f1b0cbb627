"""A hospital, before a Lorenzo or before a Millennium, where a product writes notes and another may see vital signs alone."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server
from typing import Any, Protocol

import httpx
import uvicorn
from playwright.sync_api import Browser, Page, expect

from edge.ehr.millpond import SYSTEMS
from edge.ehr_launch.opened import free_port
from engines import record_in, record_url
from tabard.accounts import Cost
from tabard.audit import read
from tabard.cli.wheels import fetch
from tabard.demo.launching import launch
from tabard.demo.products import product_folder
from tabard.demo.visitor import Visitor
from tabard.hospital import Role, init, load
from tabard.link import FhirSettings, LinkSettings, add_link, journal_of, link_key, load_link, make_link_key
from tabard.link.write_settings import WriteSettings
from tabard.product import read_manifest
from tabard.record import RecordReader
from tabard.sandbox import FULL_BLOOD_COUNT, VITAL_SIGNS, PretendLorenzo, PretendMillennium, PretendReceiver, Trouble
from tabard.wiring import running

PASSWORD = "correct horse"
NARROW, SCRIBE = "narrow", "scribe"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
FINER = f"patient/Observation.rs?category={CATEGORY}|vital-signs"
_CHEAP = Cost(log2_n=4, r=1, p=1)
_PATIENCE_S = 60.0
_NOTES = WriteSettings(("DocumentReference",), "engine")
_SCOPE = (
    "system/Patient.rs system/Encounter.rs system/Practitioner.rs system/DiagnosticReport.rs system/Observation.rs"
    " system/DocumentReference.crus"
)


class RecordSystem(Protocol):
    """What stands behind a hospital."""

    name: str
    ods: str

    def link(self, folder: Path) -> None:
        """Link the hospital in the folder with it."""

    def begin(self, addresses: dict[str, tuple[str, int]]) -> None:
        """Live, once the hospital listens."""

    def admit(self) -> str:
        """Somebody with vital signs and a blood count; their hospital number."""

    def away(self) -> None:
        """Take no writes until `back`."""

    def back(self) -> None:
        """Take them again."""

    def refusing(self, note: dict[str, Any]) -> dict[str, Any]:
        """The note, as it will refuse it."""

    def close(self) -> None:
        """Give everything back."""


class Lorenzo:
    """St Elsewhere's: all by HL7 v2, notes as MDM."""

    name, ods = "St Elsewhere Hospital", "RZZ"

    def __init__(self) -> None:
        self.engine: PretendReceiver | None = None
        self.port = free_port()

    def link(self, folder: Path) -> None:
        """Its feed, and the engine that takes notes."""
        (folder / "destinations").mkdir()
        (folder / "destinations" / "engine.toml").write_text(f'host = "127.0.0.1"\nport = {self.port}\n')
        add_link(folder, LinkSettings(name="lorenzo", dialect="st-elsewhere", port=0, write=_NOTES))

    def begin(self, addresses: dict[str, tuple[str, int]]) -> None:
        """Tell."""
        self.ehr = PretendLorenzo(*addresses["lorenzo"], seed=7)

    def admit(self) -> str:
        """One with results, told."""
        mrn = self.ehr.admit("Fern").event.person.mrn
        for panel in (VITAL_SIGNS, FULL_BLOOD_COUNT):
            self.ehr.result(mrn, panel)
        return mrn

    def away(self) -> None:
        """Nobody listens."""
        if self.engine is not None:
            self.engine.close()
            self.engine = None

    def back(self) -> None:
        """Somebody does."""
        self.engine = PretendReceiver(self.port)
        self.engine.start()

    def refusing(self, note: dict[str, Any]) -> dict[str, Any]:
        """AR to the next message."""
        assert self.engine is not None
        self.engine.order("reject")
        return note

    def close(self) -> None:
        """Hang up."""
        self.ehr.close()
        self.away()


class Millennium:
    """Millpond Royal's: its census by HL7 v2, results and notes over FHIR."""

    name, ods = "Millpond Royal", "RZY"

    def __init__(self) -> None:
        self.port = free_port()
        self.ehr = PretendMillennium("127.0.0.1", self.port, seed=3)
        self.ehr.start()

    def link(self, folder: Path) -> None:
        """Both sides of it."""
        fhir = FhirSettings(
            self.ehr.fhir_base,
            "tabard",
            SYSTEMS,
            key=make_link_key(folder, "millennium"),
            patience_s=1.0,
            scope=_SCOPE,
        )
        write = WriteSettings(_NOTES.types, "fhir")
        add_link(
            folder,
            LinkSettings(name="millennium", dialect="millennium-uk", port=self.port, fhir=fhir, write=write),
        )
        self.ehr.register_client("tabard", link_key(folder, load_link(folder, "millennium")).pem)

    def begin(self, addresses: dict[str, tuple[str, int]]) -> None:
        """It lives already."""

    def admit(self) -> str:
        """One with results, charted."""
        mrn = self.ehr.admit("Teal").event.person.mrn
        for panel in (VITAL_SIGNS, FULL_BLOOD_COUNT):
            self.ehr.result(mrn, panel)
        return mrn

    def away(self) -> None:
        """429 to all that is written."""
        self.ehr.trouble(Trouble.throttled, times=1000, for_writes=True)

    def back(self) -> None:
        """No more."""
        self.ehr.trouble(Trouble.throttled, times=0)

    def refusing(self, note: dict[str, Any]) -> dict[str, Any]:
        """A longer text than it takes."""
        return {**note, "description": "x" * 300}

    def close(self) -> None:
        """Hang up."""
        self.ehr.close()


@dataclass(frozen=True, slots=True)
class Asking:
    """A product's own questions."""

    base: str
    http: httpx.Client

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One, `path` relative to the base."""
        return self.http.request(method, f"{self.base}/{path}".removesuffix("/"), **more)


@dataclass
class House:
    """The hospital, served; `patient` and `other` are the record's ids of two who are in, `nurse` a session of hers."""

    folder: Path
    url: str
    behind: RecordSystem
    nurse: Visitor
    patient: str = ""
    other: str = ""
    families: tuple[str, str] = ("", "")
    apps: list[Asking] = field(default_factory=list)

    def opened(self, product: str) -> Asking:
        """The product, launched by the nurse on the patient."""
        manifest = read_manifest(self.folder.parent / product)
        app = launch(self.nurse, manifest, f"/patients/{self.patient}", "patient", self.patient)
        app.close()
        headers = {"Authorization": f"Bearer {app.token['access_token']}"}
        asking = Asking(f"{self.url}/fhir", httpx.Client(headers=headers, timeout=_PATIENCE_S, trust_env=False))
        self.apps.append(asking)
        return asking

    def signed_in(self, browser: Browser) -> Page:
        """The nurse's window."""
        page = browser.new_context().new_page()
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("Username").fill("nurse")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return page

    def audited(self, client: str) -> list[dict[str, Any]]:
        """What the audit has of a product, the oldest first."""
        return [event for event in read(self.folder / "audit") if event.get("client") == client]

    def settle(self) -> None:
        """Wait until what was told is in the record."""
        view = journal_of(self.folder)
        until(lambda: not view.counts().states["waiting"], view.counts)
        view.close()


def until(is_so: Callable[[], bool], told: Callable[[], object]) -> None:
    """Wait for another thread's work; no test's outcome hangs on how long."""
    end = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, told()
        time.sleep(0.02)


@contextmanager
def house_of(folder: Path, behind: RecordSystem) -> Iterator[House]:
    """The hospital, served until the context is left."""
    web = create_server(("127.0.0.1", 0))
    port = int(web.getsockname()[1])
    init(folder, behind.name, behind.ods, port, for_trials=True, record=record_url(folder), cost=_CHEAP)
    load(folder, cost=_CHEAP).accounts.put("nurse", "Nia Nurse", frozenset({Role.clinician}), PASSWORD)
    behind.link(folder)
    with ExitStack() as parts:
        served = parts.enter_context(running(folder))
        config = uvicorn.Config(served.app, lifespan="off", log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [web]})
        thread.start()
        parts.callback(thread.join)
        parts.callback(setattr, server, "should_exit", True)
        behind.begin(served.links.addresses())
        parts.callback(behind.close)
        nurse = Visitor(f"http://localhost:{port}")
        parts.callback(nurse.close)
        house = House(folder, nurse.base, behind, nurse)
        numbers = [behind.admit() for _ in range(2)]
        house.settle()
        _know(house, numbers)
        nurse.sign_in("nurse", PASSWORD)
        yield house
        for app in house.apps:
            app.http.close()


def _know(house: House, numbers: list[str]) -> None:
    reader = RecordReader(record_in(house.folder))
    try:
        pages = [reader.search("Patient", [("identifier", one)]) for one in numbers]
        people = [page.matches[0].resource() for page in pages]
    finally:
        reader.close()
    house.patient, house.other = (one["id"] for one in people)
    first, second = (str(one["name"][0]["family"]) for one in people)
    house.families = (first, second)


def install(house: House, product: str, manifest: str, module: str = "") -> None:
    """Install a product for trials: its manifest, a page, and where it has one its server's module."""
    place = house.folder.parent / product
    if module:
        ignored = shutil.ignore_patterns("__pycache__", "wheels", "early_warning", "*_test.py", ".*")
        shutil.copytree(product_folder("early-warning"), place, ignore=ignored)
        (place / product).mkdir()
        (place / product / "__init__.py").write_text("")
        (place / product / "__main__.py").write_text(module)
    else:
        place.mkdir()
    for page in ("launch.html", "index.html"):
        (place / page).write_text(f"<!doctype html><title>{product}</title>")
    (place / "tabard.toml").write_text(manifest)
    if module:
        fetch(place)
    load(house.folder, cost=_CHEAP).installs.install(place)
