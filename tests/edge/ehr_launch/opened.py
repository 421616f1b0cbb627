"""A hospital that record systems open: a pretend Millennium with its doctors' screen, or a pretend Lorenzo, and the real thing."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_server
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from joserfc.jwk import ECKey
from starlette.types import ASGIApp

from edge.ehr.millpond import SYSTEMS
from engines import record_in, record_url
from tabard.audit import read
from tabard.demo.products import product_folder
from tabard.fhir import Resource
from tabard.ground.ids import KeyedIds
from tabard.ground.private_files import write_private
from tabard.ground.time import system_clock
from tabard.hospital import Role, init, load
from tabard.link import (
    ContextSettings,
    FhirSettings,
    LaunchSettings,
    LinkSettings,
    add_link,
    journal_of,
    link_key,
    load_link,
    make_link_key,
)
from tabard.link.holding import Hold, bar
from tabard.link.keys import Keys
from tabard.record import RecordReader, RecordWriter
from tabard.sandbox import PretendLorenzo, PretendMillennium
from tabard.wiring import running
from unit.web.browsing import Surfer
from unit.web.world import CHEAP, PASSWORD

BASE = "http://localhost:8000"
SECRET, NEXT_SECRET = b"0123456789abcdef0123456789abcdef", b"fedcba9876543210fedcba9876543210"
CONSULTANT = "https://fhir.hl7.org.uk/Id/consultant-code"
THEIR_CONSULTANT = "urn:oid:1.2.826.0.1.0000.4"
LORENZO_MRN = "urn:tabard:authority:RZZ"
_PATIENCE_S = 60


@dataclass
class TurnedClock:
    """The machine's clock, set forward."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Now, as this clock says."""
        return system_clock() + self.by


@dataclass
class Opened:
    """The hospital in `folder`, served as `app`; what opens it is `ehr`."""

    folder: Path
    app: ASGIApp
    ehr: PretendLorenzo | PretendMillennium
    clock: TurnedClock
    browsers: list[httpx.Client] = field(default_factory=list)

    @property
    def millennium(self) -> PretendMillennium:
        """The pretend Millennium."""
        assert isinstance(self.ehr, PretendMillennium)
        return self.ehr

    def browser(self) -> Surfer:
        """A browser, as this hospital sees it."""
        return Surfer(self.app, BASE)

    def doctor(self, family: str = "", *, but: str = "nobody") -> httpx.Client:
        """The same browser, as the pretend Millennium sees it: a doctor (not the one of `but`) sits in front of its screen."""
        opened = httpx.Client(trust_env=False, base_url=self.millennium.screen.removesuffix("/screen"))
        self.browsers.append(opened)
        told = opened.get("/screen").text
        names = [one.partition('"')[0] for one in told.split('name="id" value="')[1:]]
        texts = [one.partition("<")[0] for one in told.split("<button>Sign in as ")[1:]]
        (first, *_) = [
            id_ for id_, text in zip(names, texts, strict=True) if text.startswith(family) and but not in text
        ]
        opened.post("/screen/sign-in", data={"id": first})
        return opened

    def settle(self) -> None:
        """Wait until what was told is in the record, or held."""
        view, end = journal_of(self.folder), time.monotonic() + _PATIENCE_S
        while (counts := view.counts()).states["waiting"] - sum(counts.held_reasons.values()):
            assert time.monotonic() < end, counts
            time.sleep(0.01)  # between two looks at another thread's work; no test's outcome hangs on it
        view.close()

    def admit(self, ward: str) -> str:
        """Somebody is admitted and told of; the hospital number."""
        mrn = self.ehr.admit(ward).event.person.mrn
        self.settle()
        return mrn

    def visit(self, mrn: str) -> str:
        """The visit number of who is in."""
        stay = self.ehr.census.stay(mrn)
        assert stay is not None
        return stay.visit

    def put(self, *resources: Resource) -> None:
        """Write into the record as a link would."""
        writer = RecordWriter(record_in(self.folder), self.clock)
        with writer.transaction() as writing:
            for one in resources:
                writing.put(one, "lorenzo")
        writer.close()

    def ids(self, kind: str, system: str, value: str) -> list[str]:
        """The record's ids by an identifier."""
        reader = RecordReader(record_in(self.folder))
        found = [one.id for one in reader.search(kind, (("identifier", f"{system}|{value}"),)).matches]
        reader.close()
        return found

    def audited(self, action: str) -> list[tuple[str, str | None, str | None, str | None]]:
        """How each try ended: outcome, person, reason, context."""
        told = [event for event in read(self.folder / "audit") if event["action"] == action]
        return [(one["outcome"], one.get("person"), one.get("reason"), one.get("context")) for one in told]


def begun(doctor: httpx.Client, house: Opened, mrn: str, app: str = "tabard") -> str:
    """The hospital's address to which the screen's button sends the browser."""
    form = {
        "app": app,
        "patient": house.millennium.fhir_id(mrn),
        "encounter": house.millennium.encounter_id(house.visit(mrn)),
    }
    return str(doctor.post("/screen/open", data=form).headers["location"])


def asked(browser: Surfer, address: str) -> str:
    """Where the hospital sends the browser: the record system's authorize endpoint."""
    answer = browser.get(address)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def let_in(doctor: httpx.Client, address: str) -> str:
    """Where the record system sends the browser back to."""
    return str(doctor.get(address).headers["location"])


def launched(doctor: httpx.Client, browser: Surfer, house: Opened, mrn: str, app: str = "tabard") -> httpx.Response:
    """What the browser shows in the end of a launch."""
    return browser.get(let_in(doctor, asked(browser, begun(doctor, house, mrn, app))))


def altered(address: str, **parameters: str) -> str:
    """The address with these parameters in the place of its own; an empty one is left out."""
    place = urlsplit(address)
    told = {**dict(parse_qsl(place.query, keep_blank_values=True)), **parameters}
    return place._replace(query=urlencode({name: value for name, value in told.items() if value})).geturl()


def must_be_closed(browser: Surfer, answer: httpx.Response, words: str, status: int = 403) -> None:
    """Nothing opened: the page says why and what to do, and nobody is signed in."""
    assert answer.status_code == status, answer.text
    assert "Nothing was opened" in answer.text
    assert words in answer.text
    assert 'href="/patients"' in answer.text
    assert browser.get("/wards").status_code == 303


def free_port() -> int:
    """A port that was free a moment ago."""
    with create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def by_millennium(folder: Path, *, is_public: bool = False, web_port: int = 8000, **launch: Any) -> Iterator[Opened]:
    """Millpond Royal, whose Millennium launches it."""
    clock, port = TurnedClock(), free_port()
    millennium = PretendMillennium("127.0.0.1", port, clock=clock, seed=5)
    with ExitStack() as parts:
        parts.callback(millennium.close)
        millennium.start()
        _begin(folder, "Millpond Royal", "RZY", web_port)
        systems = {**SYSTEMS, CONSULTANT: THEIR_CONSULTANT}
        fhir = FhirSettings(
            millennium.fhir_base, "tabard-system", systems, key=make_link_key(folder, "millennium"), patience_s=30.0
        )
        settings = LaunchSettings(
            "tabard", key="" if is_public else "launch.pem", clients={"observations": "observations"}, **launch
        )
        add_link(
            folder, LinkSettings(name="millennium", dialect="millennium-uk", port=port, fhir=fhir, launch=settings)
        )
        key = ECKey.generate_key("P-384")
        write_private(folder / "keys/launch.pem", key.as_pem(private=True))
        millennium.register_client("tabard-system", link_key(folder, load_link(folder, "millennium")).pem)
        public = None if is_public else key.as_pem(private=False).decode()
        for name, path in (("tabard", ""), ("observations", "/observations")):
            here = f"http://localhost:{web_port}"
            millennium.register_app(name, f"{here}/launch/millennium{path}", [f"{here}/launched/millennium"], public)
        served = parts.enter_context(running(folder, clock))
        house = Opened(folder, served.app, millennium, clock)
        try:
            yield house
        finally:
            for one in house.browsers:
                one.close()


@contextmanager
def by_lorenzo(folder: Path, *, web_port: int = 8000, **context: Any) -> Iterator[Opened]:
    """St Elsewhere, whose Lorenzo opens it by signed addresses."""
    clock, port = TurnedClock(), free_port()
    with ExitStack() as parts:
        _begin(folder, "St Elsewhere Hospital", "RZZ", web_port)
        for name, secret in (("context-a.secret", SECRET), ("context-b.secret", NEXT_SECRET)):
            write_private(folder / "keys" / name, secret + b"\n")
        told: Mapping[str, Any] = {"secrets": ("context-a.secret", "context-b.secret"), **context}
        settings = ContextSettings(
            patient_system=LORENZO_MRN, user_system=CONSULTANT, visit_system="urn:tabard:visit:VISITID", **told
        )
        add_link(folder, LinkSettings(name="lorenzo", dialect="st-elsewhere", port=port, context=settings))
        served = parts.enter_context(running(folder, clock))
        lorenzo = PretendLorenzo("127.0.0.1", port, clock=clock, seed=7)
        parts.callback(lorenzo.close)
        yield Opened(folder, served.app, lorenzo, clock)


def _begin(folder: Path, name: str, ods: str, web_port: int) -> None:
    init(folder, name, ods, web_port, for_trials=True, record=record_url(folder), cost=CHEAP)
    hospital = load(folder, cost=CHEAP)
    for product in ("ward-board", "observations"):
        hospital.installs.install(product_folder(product))
    hospital.accounts.put("nurse", "Nia Nurse", frozenset({Role.clinician}), PASSWORD)


def hold_messages_about(house: Opened, patient: str) -> None:
    """A message about the patient waits for somebody to settle a doubt, as the applier notes it."""
    ids_key = load(house.folder, cost=CHEAP).folder.ids_key
    reader = RecordReader(record_in(house.folder))
    stored = reader.read("Patient", patient)
    reader.close()
    assert stored is not None
    (key, *_) = Keys(KeyedIds(ids_key)).of_patient(stored.resource())
    writer = RecordWriter(record_in(house.folder), house.clock)
    with writer.transaction() as writing:
        bar(writing, 999_999, Hold(key, (key,)))
    writer.close()
