"""What passing through the gateway adds to a Millennium's own answer.

A stand-in Millennium answers after a set time, as a far one does, and serves in a process of its own; so does the gateway,
with a durable audit. This process asks both in turns for the same page of one patient's vital signs, over one kept
connection each. Beside each question the gateway proves whose chart it is (by the patient's number, and by the visits).
Run: python bench/pass_through.py [--rounds 300] [--results 20] [--delay-ms 20]
"""

import argparse
import asyncio
import base64
import hashlib
import http.client
import multiprocessing
import socket
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import uvicorn

from tabard.audit import AuditLog
from tabard.database import engine
from tabard.fhir import Resource
from tabard.gateway import Client, Gateway, PatientContext, Person
from tabard.ground.ids import KeyedIds
from tabard.ground.time import system_clock
from tabard.link import Ehr, FhirSettings, make_link_key
from tabard.record import RecordReader, RecordWriter

TARGET_MS = 3.0
TENANT = "ec2458f2-1e24-41c8-b71b-0e701af7583d"
PATIENT, ENCOUNTER = "12724066", "97953602"
MRN, THEIR_MRN = "urn:tabard:authority:MRN", "urn:oid:1.1"
VISIT, THEIR_VISIT = "urn:tabard:visit:V", "urn:oid:1.2"
ORIGIN, PRODUCT = "http://localhost:8000", "http://observations.localhost:8000/"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
NURSE = Person("nurse", "Nurse", frozenset({"clinician"}))
APP = Client("observations", "Observations", PRODUCT, (PRODUCT,), PRODUCT.rstrip("/"), "launch patient/*.rs")


class Clients:
    """One product."""

    def client(self, id: str) -> Client | None:  # noqa: A002  the port's word
        """The product, if that is its id."""
        return APP if id == APP.id else None


class Sessions:
    """One nurse."""

    def person_of(self, headers: Mapping[str, str]) -> Person | None:
        """The nurse, whoever asks."""
        del headers
        return NURSE


def vital_sign(number: int) -> Resource:
    """A result as a Millennium tells it, of about 1.7 KB."""
    own = f"https://fhir.cerner.com/{TENANT}/codeSet/72"
    role = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "LA", "display": "author"}]
    function = "http://hl7.org/fhir/StructureDefinition/event-performerFunction"
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    code = [{"system": own, "code": "703511", "display": "Pulse"}, {"system": "http://loinc.org", "code": "8867-4"}]
    unit = {"unit": "bpm", "system": "http://unitsofmeasure.org", "code": "{beats}/min"}
    return {
        "resourceType": "Observation",
        "id": f"VS-{1972928 + number}",
        "meta": {"versionId": "1", "lastUpdated": "2026-03-01T08:30:00.000Z"},
        "text": {"status": "generated", "div": f"<div>{'<p>told in words</p>' * 24} {PATIENT}</div>"},
        "identifier": [{"system": "https://fhir.cerner.com/ceuuid", "value": f"CE{number}-2026030108300000"}],
        "status": "final",
        "category": [{"coding": [{"system": category, "code": "vital-signs"}], "text": "Vital Signs"}],
        "code": {"coding": code, "text": "Pulse"},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "encounter": {"reference": f"Encounter/{ENCOUNTER}"},
        "effectiveDateTime": "2026-03-01T08:30:00.000Z",
        "issued": "2026-03-01T08:31:00.000Z",
        "performer": [
            {
                "extension": [{"url": function, "valueCodeableConcept": {"coding": role}}],
                "reference": "Practitioner/21500981",
                "display": "Okonjo, Adaeze",
            }
        ],
        "valueQuantity": {"value": 80 + number % 20, **unit},
        "referenceRange": [{"low": {"value": 60, **unit}, "high": {"value": 100, **unit}, "text": "60-100"}],
    }


def held(results: int) -> dict[str, bytes]:
    """What the stand-in answers, by the first part of the address."""
    patient = {
        "resourceType": "Patient",
        "id": PATIENT,
        "active": True,
        "identifier": [{"system": THEIR_MRN, "value": "100"}],
        "birthDate": "1950-01-01",
    }
    visit = {"resourceType": "Encounter", "id": ENCOUNTER, "identifier": [{"system": THEIR_VISIT, "value": "v1"}]}
    told: dict[str, list[Resource]] = {
        "Patient": [patient],
        "Encounter": [{**visit, "subject": {"reference": f"Patient/{PATIENT}"}}],
        "Observation": [vital_sign(number) for number in range(results)],
    }
    bundles = {
        kind: {"resourceType": "Bundle", "entry": [{"resource": one} for one in each]} for kind, each in told.items()
    }
    return {kind: msgspec.json.encode(bundle) for kind, bundle in bundles.items()}


def millennium(results: int, delay_s: float, port: int) -> Any:
    """The stand-in as an ASGI app."""
    answers, root = held(results), f"http://127.0.0.1:{port}"
    plain = {
        ".well-known/smart-configuration": msgspec.json.encode({"token_endpoint": f"{root}/token"}),
        "metadata": b'{"resourceType":"CapabilityStatement"}',
    }
    token = msgspec.json.encode({"access_token": "t", "expires_in": 570})

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        place = scope["path"].removeprefix(f"/r4/{TENANT}/")
        body = token if scope["path"] == "/token" else plain.get(place, b"")
        if not body:
            body = answers.get(place, b'{"resourceType":"Practitioner","id":"21500981"}')
            await asyncio.sleep(delay_s)
        headers = [(b"content-type", b"application/fhir+json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def prepare(folder: Path) -> None:
    """The patient and the visit in a real record."""
    writer = RecordWriter(folder / "record.db", durable=False)
    with writer.transaction() as writing:
        number = [{"system": MRN, "value": "100"}]
        writing.put(
            {"resourceType": "Patient", "id": "ann", "active": True, "identifier": number, "birthDate": "1950-01-01"},
            "b",
        )
        visit = {
            "resourceType": "Encounter",
            "id": "v",
            "status": "in-progress",
            "subject": {"reference": "Patient/ann"},
        }
        writing.put({**visit, "identifier": [{"system": VISIT, "value": "v1"}]}, "b")
    writer.close()


def gateway(folder: Path, base: str) -> Gateway:
    """The real thing, asking the stand-in."""
    settings = FhirSettings(base, "tabard", {MRN: THEIR_MRN, VISIT: THEIR_VISIT}, key=make_link_key(folder, "ehr"))
    ehr = Ehr(folder, "ehr", settings, RecordReader(folder / "record.db"), KeyedIds(b"bench"))
    return Gateway(
        base_url=f"{ORIGIN}/fhir",
        record=ehr.record,
        elsewhere=ehr.record.elsewhere,
        feeds=lambda: (ehr.feed(),),
        clients=Clients(),
        sessions=Sessions(),
        audit=AuditLog(folder / "audit", system_clock),
        engine=engine(folder / "gateway.db"),
    )


def launch(found: Gateway) -> str:
    """An access token for the patient, got as a product gets it."""
    handle = dict(parse_qsl(urlsplit(found.launch(NURSE, APP.id, PatientContext("ann"))).query))["launch"]
    wishes = {
        "response_type": "code",
        "client_id": APP.id,
        "redirect_uri": PRODUCT,
        "scope": APP.scopes,
        "state": "s",
        "aud": f"{ORIGIN}/fhir",
        "launch": handle,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }

    async def run() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=found.app), base_url=ORIGIN) as client:
            back = await client.get("/auth/authorize", params=wishes)
            code = dict(parse_qsl(urlsplit(back.headers["location"]).query))["code"]
            form = {"grant_type": "authorization_code", "code": code, "client_id": APP.id}
            form |= {"redirect_uri": PRODUCT, "code_verifier": VERIFIER}
            return str((await client.post("/auth/token", data=form)).json()["access_token"])

    return asyncio.run(run())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured."""

    rounds: int
    results: int
    delay_s: float


def serve(folder: Path, listener: socket.socket, told: Connection, wanted: Wanted, base: str) -> None:
    """A child: the stand-in where `base` is empty, else the gateway; it tells its token once it is ready."""
    if base:
        found = gateway(folder, base)
        app, token = found.app, launch(found)
    else:
        app, token = millennium(wanted.results, wanted.delay_s, listener.getsockname()[1]), "t"
    told.send(token)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run([listener])


@dataclass(slots=True)
class Asker:
    """One kept connection that asks the same again and again."""

    connection: http.client.HTTPConnection
    path: str
    token: str

    def ask(self) -> tuple[float, bytes]:
        """Milliseconds until the whole answer was there, and the answer."""
        begun = time.perf_counter()
        self.connection.request("GET", self.path, headers={"Authorization": f"Bearer {self.token}"})
        response = self.connection.getresponse()
        body = response.read()
        passed = (time.perf_counter() - begun) * 1000
        assert response.status == 200, body
        return passed, body


def measure(folder: Path, wanted: Wanted) -> dict[str, list[float]]:
    """Milliseconds an answer of both, asked in turns."""
    context = multiprocessing.get_context("fork")
    children, askers, base = [], {}, ""
    query = {"millennium": f"patient={PATIENT}", "gateway": "patient=ann"}
    for name in ("millennium", "gateway"):
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        port = listener.getsockname()[1]
        mine, theirs = context.Pipe()
        child = context.Process(target=serve, args=(folder, listener, theirs, wanted, base))
        child.start()
        children.append(child)
        path = f"/r4/{TENANT}" if name == "millennium" else "/fhir"
        connection = http.client.HTTPConnection("127.0.0.1", port)
        askers[name] = Asker(connection, f"{path}/Observation?{query[name]}&_count={wanted.results}", mine.recv())
        base = base or f"http://127.0.0.1:{port}/r4/{TENANT}"
    found: dict[str, list[float]] = {name: [] for name in askers}
    for round_ in range(wanted.rounds + 20):
        for name, asker in askers.items():
            passed, body = asker.ask()
            assert body.count(b'"valueQuantity"') == wanted.results
            assert name == "millennium" or TENANT.encode() not in body
            if round_ >= 20:  # the first ones warm up
                found[name].append(passed)
    for child in children:
        child.terminate()
        child.join()
    return found


def main() -> None:
    """Measure and tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=300)
    asked.add_argument("--results", type=int, default=20)
    asked.add_argument("--delay-ms", type=float, default=20)
    given = asked.parse_args()
    wanted = Wanted(given.rounds, given.results, given.delay_ms / 1000)
    with TemporaryDirectory() as folder:
        prepare(Path(folder))
        found = measure(Path(folder), wanted)
    print(f"{wanted.results} results a page, {wanted.rounds} rounds in turns, {given.delay_ms:.0f} ms to the stand-in")
    for name, times in found.items():
        ordered = sorted(times)
        print(f"{name:12} p50 {statistics.median(ordered):7.2f} ms   p95 {ordered[int(len(ordered) * 0.95)]:7.2f} ms")
    added = statistics.median(found["gateway"]) - statistics.median(found["millennium"])
    print(
        f"added at the median {added:.2f} ms   (target {TARGET_MS:.0f} ms: {'met' if added < TARGET_MS else 'missed'})"
    )


if __name__ == "__main__":
    main()
