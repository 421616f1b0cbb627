"""A stand-in for an EHR's FHIR without a socket: what it holds, what it was asked, and what goes wrong next."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tabard.fhir import Resource
from tabard.ground.ids import KeyedIds
from tabard.link import Ehr, FhirSettings, make_link_key
from tabard.link.ehr.ehr import Connection
from tabard.link.ehr.pace import Pace
from tabard.record import RecordReader, RecordWriter

TENANT = "6ac6b2f4-4d5e-4c1a-8a52-5ad0b0a3c111"
BASE = f"https://ehr.example/r4/{TENANT}"
TOKENS = "https://tokens.example/token"
MRN, NHS = "urn:tabard:authority:MRN", "https://fhir.nhs.uk/Id/nhs-number"
VISIT, DOCTOR = "urn:tabard:visit:V", "urn:tabard:practitioner:C"
THEIR_MRN, THEIR_NHS, THEIR_VISIT, THEIR_DOCTOR = "urn:oid:1.1", "urn:oid:1.2", "urn:oid:1.3", "urn:oid:1.4"
SYSTEMS = {MRN: THEIR_MRN, NHS: THEIR_NHS, VISIT: THEIR_VISIT, DOCTOR: THEIR_DOCTOR}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class Beat:
    """Time that passes only by waiting."""

    now_s: float = 1000.0
    waits: list[float] = field(default_factory=list)
    wait_for: Callable[[float], object] = lambda _: None
    """Hears how long is waited."""

    def wait(self, seconds: float) -> None:
        """Let it pass."""
        self.waits.append(seconds)
        self.now_s += seconds
        self.wait_for(seconds)

    @property
    def pace(self) -> Pace:
        """As the driver takes it."""
        return Pace(lambda: self.now_s, self.wait, lambda: 0.5)


@dataclass
class StandIn:
    """`held` are its resources; `next` are answers given instead, first come first served, to questions for data.

    `instead` are answers given to every question whose address holds the text.
    """

    held: list[Resource] = field(default_factory=list)
    next: list[Answer] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    tokens: int = 0
    lifetime: Any = 570
    pages: int = 200
    instead: dict[str, Answer] = field(default_factory=dict)

    def put(self, *resources: Resource) -> None:
        """Hold these, in place of those of the same id."""
        for one in resources:
            self.held = [
                each for each in self.held if (each["resourceType"], each["id"]) != (one["resourceType"], one["id"])
            ]
            self.held.append(one)

    @property
    def questions(self) -> list[str]:
        """What was asked for, without the base."""
        return [str(one.url).removeprefix(f"{BASE}/") for one in self.asked if str(one.url).startswith(BASE)]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        url = str(request.url)
        if url == f"{BASE}/.well-known/smart-configuration":
            return httpx.Response(200, json={"token_endpoint": TOKENS})
        if url == TOKENS:
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": self.lifetime})
        self.asked.append(request)
        if self.next:
            return self.next.pop(0)(request)
        for text, answer in self.instead.items():
            if text in url:
                return answer(request)
        return self.data(request)

    def data(self, request: httpx.Request) -> httpx.Response:
        """What it holds."""
        kind, _, found = request.url.path.removeprefix(f"/r4/{TENANT}/").partition("/")
        if found:
            held = [one for one in self.held if (one["resourceType"], one["id"]) == (kind, found)]
            return fhir(held[0]) if held else httpx.Response(404)
        asked = dict(request.url.params)
        start = int(asked.get("pageContext", "0"))
        matches = [one for one in self.held if one["resourceType"] == kind and _matches(one, asked)]
        page, rest = matches[start : start + self.pages], matches[start + self.pages :]
        wanted = {name: value for name, value in asked.items() if name != "pageContext"}
        onward = f"{BASE}/{kind}?{httpx.QueryParams({**wanted, 'pageContext': str(start + self.pages)})}"
        return fhir(bundle(page, onward if rest else None))


def _matches(resource: Resource, asked: dict[str, str]) -> bool:
    if "identifier" in asked:
        system, _, value = asked["identifier"].partition("|")
        return any((one["system"], one["value"]) == (system, value) for one in resource.get("identifier", []))
    if "patient" in asked:
        return bool(resource.get("subject", {}).get("reference") == f"Patient/{asked['patient']}")
    return True


def fhir(resource: Resource, status: int = 200) -> httpx.Response:
    """An answer as Millennium gives it, its other content type too."""
    return httpx.Response(status, content=json.dumps(resource), headers={"content-type": "application/json+fhir"})


def bundle(resources: list[Resource], onward: str | None = None) -> Resource:
    """A searchset."""
    link = [{"relation": "next", "url": onward}] if onward else []
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": link,
        "entry": [{"fullUrl": f"{BASE}/{one['resourceType']}/{one['id']}", "resource": one} for one in resources],
    }


class Streamed(httpx.BaseTransport):
    """The stand-in's answers as a socket would bring them: part by part, not yet read."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        told = self._stand_in(request)
        return httpx.Response(told.status_code, headers=told.headers, stream=httpx.ByteStream(told.content))


def saying(status: int, content: bytes = b"", **headers: str) -> Answer:
    """An answer of that status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(_: httpx.Request) -> httpx.Response:
        told = httpx.Response(status, content=content)
        told.headers.update(named)  # afterwards: what it says of itself need not be so
        return told

    return answer


def failing(fault: type[httpx.TransportError]) -> Answer:
    """No answer."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise fault("pretended", request=request)

    return fail


def their_patient(id_: str, mrn: str, **more: Any) -> Resource:
    """A patient as the EHR tells them."""
    return {
        "resourceType": "Patient",
        "id": id_,
        "active": True,
        "identifier": [{"use": "usual", "system": THEIR_MRN, "value": mrn}],
        "birthDate": "1950-01-01",
        **more,
    }


def our_patient(id_: str, mrn: str, **more: Any) -> Resource:
    """A patient as the record has them."""
    return {
        "resourceType": "Patient",
        "id": id_,
        "active": True,
        "identifier": [{"system": MRN, "value": mrn}],
        "birthDate": "1950-01-01",
        **more,
    }


def their_observation(id_: str, patient: str, **more: Any) -> Resource:
    """A result as the EHR tells it."""
    return {
        "resourceType": "Observation",
        "id": id_,
        "meta": {"versionId": "1", "lastUpdated": "2026-03-01T08:30:00.000Z"},
        "text": {"status": "generated", "div": f"<div>Patient {patient}</div>"},
        "status": "final",
        "code": {"coding": [{"system": f"https://fhir.cerner.com/{TENANT}/codeSet/72", "code": "703511"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-03-01T08:30:00.000Z",
        **more,
    }


@dataclass
class Side:
    """A record and an EHR beside it."""

    stand_in: StandIn
    ehr: Ehr
    writer: RecordWriter
    beat: Beat
    folder: Path

    def put(self, *resources: Resource) -> None:
        """Let the feed bring resources into the record."""
        with self.writer.transaction() as writing:
            for one in resources:
                writing.put(one, "ehr")


def settings(folder: Path, **more: Any) -> FhirSettings:
    """Settings for the stand-in."""
    told = {"identifiers": SYSTEMS, **more}
    return FhirSettings(BASE, "tabard", key=make_link_key(folder, "ehr"), **told)


@contextmanager
def connected(folder: Path, stand_in: StandIn, beat: Beat | None = None, **more: Any) -> Iterator[Connection]:
    """The way to the stand-in alone."""
    pace = (beat or Beat()).pace
    way = Connection(folder, "ehr", settings(folder, **more), lambda: NOON, pace, Streamed(stand_in))
    try:
        yield way
    finally:
        way.close()


@contextmanager
def beside(folder: Path, **more: Any) -> Iterator[Side]:
    """A record with Ann and Ben, and an EHR that knows both, a visit of Ann's and a result of each."""
    beat, stand_in = Beat(), StandIn()
    writer = RecordWriter(folder / "record.db", durable=False)
    transport = Streamed(stand_in)
    reader = RecordReader(folder / "record.db")
    ehr = Ehr(folder, "ehr", settings(folder, **more), reader, KeyedIds(b"k"), lambda: NOON, beat.pace, transport)
    side = Side(stand_in, ehr, writer, beat, folder)
    visit = {
        "resourceType": "Encounter",
        "id": "e-ann",
        "status": "in-progress",
        "identifier": [{"system": VISIT, "value": "v1"}],
    }
    side.put(our_patient("ann", "100"), our_patient("ben", "200"), {**visit, "subject": {"reference": "Patient/ann"}})
    theirs = {"resourceType": "Encounter", "id": "97001", "identifier": [{"system": THEIR_VISIT, "value": "v1"}]}
    stand_in.put(
        their_patient("12724001", "100"),
        their_patient("12724002", "200"),
        {**theirs, "subject": {"reference": "Patient/12724001"}},
        their_observation("VS-1", "12724001", encounter={"reference": "Encounter/97001"}),
        their_observation("VS-2", "12724002"),
    )
    try:
        yield side
    finally:
        ehr.stop()
        reader.close()
        writer.close()
