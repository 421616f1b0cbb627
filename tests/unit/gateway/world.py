"""A small pretend hospital behind a gateway, with a real record, and a product that behaves as a browser would."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from engines import record_in
from tabard.audit import AuditLog, read
from tabard.database import engine
from tabard.fhir import Resource
from tabard.gateway import Client, Context, Gateway, Person, Record, Waits, WardContext
from tabard.gateway.export import Bulk
from tabard.gateway.subscriptions import Hearing, Notices
from tabard.record import RecordReader, RecordWriter

ORIGIN = "http://localhost:8000"
BASE = f"{ORIGIN}/fhir"
BOARD = "http://ward-board.localhost:8000"
REDIRECT = f"{BOARD}/index.html"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
START = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ALL_SCOPES = "launch online_access user/*.rs patient/*.rs"
CLINICIAN = Person("p-sister", "A Sister", frozenset({"clinician"}))
OTHER = Person("p-other", "Another", frozenset({"clinician"}))
CLERK = Person("p-clerk", "A Clerk", frozenset({"admin"}))


@dataclass
class Feed:
    """A feed as link tells it."""

    link: str = "lorenzo"
    state: str = "live"
    last_received: datetime | None = START


@dataclass
class Clients:
    """The installed products."""

    known: dict[str, Client] = field(default_factory=dict)

    def client(self, id: str) -> Client | None:  # noqa: A002  the port's word
        """The client of that id."""
        return self.known.get(id)


@dataclass
class Sessions:
    """Who is signed in: by a cookie that is the person's id."""

    people: dict[str, Person]

    def person_of(self, headers: Mapping[str, str]) -> Person | None:
        """The person whose id the cookie is."""
        return self.people.get(headers.get("cookie", "").removeprefix("session="))


@dataclass
class Moment:
    """A clock that is moved by hand."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The time now."""
        return self.now

    def pass_(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


def location(id_: str, part_of: str | None = None) -> Resource:
    part = {"partOf": {"reference": f"Location/{part_of}"}} if part_of else {}
    return {"resourceType": "Location", "id": id_, "name": id_.upper(), **part}


def patient(id_: str, family: str) -> Resource:
    return {
        "resourceType": "Patient",
        "id": id_,
        "name": [{"family": family}],
        "generalPractitioner": [{"reference": "Practitioner/gp"}],
        "managingOrganization": {"reference": "Organization/practice"},
    }


def encounter(id_: str, patient_id: str, *stays: tuple[str, str], status: str = "in-progress") -> Resource:
    """A visit with `stays`: (location id, status)."""
    return {
        "resourceType": "Encounter",
        "id": id_,
        "status": status,
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "participant": [{"individual": {"reference": f"Practitioner/dr-{id_}"}}],
        "location": [{"location": {"reference": f"Location/{place}"}, "status": state} for place, state in stays],
    }


def observation(id_: str, patient_id: str, encounter_id: str | None = None) -> Resource:
    visit = {"encounter": {"reference": f"Encounter/{encounter_id}"}} if encounter_id else {}
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "subject": {"reference": f"Patient/{patient_id}"},
        **visit,
    }


def practitioner(id_: str) -> Resource:
    return {"resourceType": "Practitioner", "id": id_, "name": [{"family": id_}]}


PEOPLE = (
    location("w1"),
    location("w1-b1", "w1"),
    location("w2"),
    location("w2-b1", "w2"),
    patient("ann", "Archer"),
    patient("ben", "Bell"),
    patient("cat", "Carter"),
    encounter("e-ann", "ann", ("w1", "active"), ("w1-b1", "active")),
    encounter("e-ann-old", "ann", ("w2", "completed"), status="finished"),
    encounter("e-ben", "ben", ("w2", "active"), ("w2-b1", "active")),
    encounter("e-cat", "cat", ("w1", "completed"), ("w2", "active")),
    observation("o-ann", "ann", "e-ann"),
    observation("o-ann-old", "ann", "e-ann-old"),
    observation("o-ben", "ben", "e-ben"),
    practitioner("gp"),
    *(practitioner(f"dr-{visit}") for visit in ("e-ann", "e-ann-old", "e-ben", "e-cat")),
    {"resourceType": "Organization", "id": "practice", "name": "The Practice"},
    {"resourceType": "Organization", "id": "elsewhere", "name": "Elsewhere"},
)


class World:
    """The hospital, its gateway, and an HTTP client into it without a socket."""

    def __init__(self, folder: Path, record: Record | None = None) -> None:
        self.folder = folder
        self.clock = Moment()
        self.feeds = [Feed()]
        self.waits: Waits | None = None
        board = Client("board", "Ward board", f"{BOARD}/launch.html", (REDIRECT,), BOARD, ALL_SCOPES)
        other = Client(
            "rival",
            "Rival",
            "http://rival.localhost/l",
            ("http://rival.localhost/",),
            "http://rival.localhost",
            ALL_SCOPES,
        )
        self.clients = Clients({"board": board, "rival": other})
        self.sessions = Sessions({one.id: one for one in (CLINICIAN, OTHER, CLERK)})
        self.writer = RecordWriter(record_in(folder), self.clock, durable=False)
        self.put(*PEOPLE)
        self.reader = RecordReader(record_in(folder))
        self.audit = AuditLog(folder / "audit", self.clock)
        self.record: Record = record or self.reader
        self.runner = asyncio.Runner()
        self.notices_db = engine(folder / "subscriptions.db")
        self.gateway = self.open()

    def open(self) -> Gateway:
        """The gateway, as a start of the process makes it."""
        self.engine = engine(self.folder / "gateway.db")
        return Gateway(
            base_url=BASE,
            record=self.record,
            feeds=lambda: self.feeds,
            waits=self.waits,
            clients=self.clients,
            sessions=self.sessions,
            audit=self.audit,
            engine=self.engine,
            bulk=Bulk(self.folder / "exports", self.reader.scan),
            notices=self.notices(),
            clock=self.clock,
        )

    def notices(self) -> Notices:
        """What subscriptions need; deliveries are made in `turn`, one after another."""
        self.hearing = Hearing(self.reader.last_change())
        return Notices(self.notices_db, self.reader, self.hearing, spawn=lambda work, _: work())

    def restart(self) -> None:
        """Stop the gateway and start it again on the same files."""
        self.gateway.close()
        self.engine.dispose()
        self.gateway = self.open()

    def put(self, *resources: Resource) -> None:
        """Let a link bring resources."""
        with self.writer.transaction() as writing:
            for resource in resources:
                writing.put(resource, "lorenzo")

    def close(self) -> None:
        """Give everything back."""
        self.gateway.close()
        self.runner.close()
        self.engine.dispose()
        self.notices_db.dispose()
        self.audit.close()
        self.reader.close()
        self.writer.close()

    def ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request; `url` may be relative to the server."""

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.gateway.app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, url, **more)

        return self.runner.run(run())

    def get(self, path: str, token: str | None, **headers: str) -> httpx.Response:
        """A FHIR GET with a token; `path` is relative to the base or whole."""
        return self._fhir("GET", path, token, headers)

    def post(self, path: str, token: str | None, form: dict[str, str]) -> httpx.Response:
        """A FHIR POST of a form."""
        return self._fhir("POST", path, token, {}, data=form)

    def _fhir(self, method: str, path: str, token: str | None, headers: dict[str, str], **more: Any) -> httpx.Response:
        bearer = {"Origin": BOARD} if token is None else {"Origin": BOARD, "Authorization": f"Bearer {token}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(
            method, path if path.startswith("http") else f"{BASE}/{path}", headers={**bearer, **named}, **more
        )

    def launched(
        self, context: Context | None = None, person: Person = CLINICIAN, client: str = "board"
    ) -> dict[str, str]:
        """The parameters with which the browser reaches the product's launch page."""
        url = self.gateway.launch(person, client, context or WardContext("w1"))
        return dict(parse_qsl(urlsplit(url).query))

    def wishes(self, context: Context | None = None, **changed: str | None) -> dict[str, str]:
        """Good authorize parameters, some changed, or left out where None."""
        good: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "board",
            "redirect_uri": REDIRECT,
            "scope": ALL_SCOPES,
            "state": "s1",
            "aud": BASE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        if "launch" not in changed:
            good["launch"] = self.launched(context)["launch"]
        return {name: value for name, value in (good | changed).items() if value is not None}

    def authorize(self, wishes: dict[str, str], person: Person | None = CLINICIAN) -> httpx.Response:
        """What the browser is answered at the authorize endpoint."""
        cookie = {"Cookie": f"session={person.id}"} if person else {}
        return self.ask("GET", "/auth/authorize", params=wishes, headers=cookie)

    def code(self, context: Context | None = None, **changed: str | None) -> str:
        """A fresh code."""
        return sent_back(self.authorize(self.wishes(context, **changed)))["code"]

    def exchange(self, code: str, /, **changed: str | None) -> httpx.Response:
        """What the token endpoint answers to a code."""
        good: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": "board",
            "code_verifier": VERIFIER,
        }
        return self.token({name: value for name, value in (good | changed).items() if value is not None})

    def token(self, form: dict[str, str]) -> httpx.Response:
        """What the token endpoint answers."""
        return self.ask("POST", "/auth/token", data=form, headers={"Origin": BOARD})

    def refresh(self, refresh_token: str, **more: str) -> httpx.Response:
        """What the token endpoint answers to a refresh token."""
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **more})

    def open_product(self, context: Context | None = None, scope: str = ALL_SCOPES) -> dict[str, Any]:
        """The token response of a whole launch."""
        response = self.exchange(self.code(context, scope=scope))
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    def access(self, context: Context | None = None, scope: str = ALL_SCOPES) -> str:
        """An access token of a whole launch."""
        return str(self.open_product(context, scope)["access_token"])

    def audited(self, **wanted: str) -> list[dict[str, Any]]:
        """The audit's events."""
        return list(read(self.folder / "audit", **wanted))


def sent_back(response: httpx.Response) -> dict[str, str]:
    """The parameters that a redirect to the product carries."""
    assert response.status_code == 302, response.text
    where = response.headers["location"]
    assert where.startswith(f"{REDIRECT}?")
    return dict(parse_qsl(urlsplit(where).query))


def ids(response: httpx.Response, mode: str = "match") -> set[str]:
    """`Type/id` of a searchset's entries of one mode."""
    assert response.status_code == 200, response.text
    entries = response.json().get("entry", [])
    found = [entry["resource"] for entry in entries if entry["search"]["mode"] == mode]
    return {f"{each['resourceType']}/{each['id']}" for each in found}


def is_outcome(response: httpx.Response, status: int, code: str | None = None) -> bool:
    """Whether an answer is that status with an OperationOutcome (of that issue code)."""
    issues = response.json()["issue"] if response.json().get("resourceType") == "OperationOutcome" else [{}]
    return response.status_code == status and code in (None, issues[0].get("code"))


@contextmanager
def a_world(folder: Path, record: Record | None = None) -> Iterator[World]:
    """A world that is given back."""
    world = World(folder, record)
    try:
        yield world
    finally:
        world.close()
