"""How fast a product reads a Patient through the gateway, against a bare ASGI app that reads the same bytes from SQLite.

Both are served by uvicorn (httptools, uvloop), each in a process of its own; this process asks over 32 keep-alive
connections, in turns, and tells medians. The gateway looks the token up, checks scope and context, and waits until the
audit is on the disk. Run: python bench/gateway.py [--rounds 5] [--seconds 2]
"""

import argparse
import asyncio
import base64
import hashlib
import multiprocessing
import os
import socket
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import apsw
import httpx
import uvicorn
import uvloop

from tabard.audit import AuditLog
from tabard.database import connect, engine
from tabard.fhir import Resource
from tabard.gateway import Client, Gateway, PatientContext, Person
from tabard.ground.time import system_clock
from tabard.record import RecordReader, RecordWriter

CONNECTIONS = 32
TARGET = 0.40
ORIGIN = "http://localhost:8000"
PRODUCT = "http://board.localhost:8000/"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
NURSE = Person("nurse", "Nurse", frozenset({"clinician"}))
BOARD = Client("board", "Board", PRODUCT, (PRODUCT,), PRODUCT.rstrip("/"), "launch user/*.rs patient/*.rs")


@dataclass(frozen=True, slots=True)
class LiveFeed:
    """A feed that is well."""

    link: str = "lorenzo"
    state: str = "live"
    last_received: datetime | None = datetime(2026, 3, 1, tzinfo=UTC)


FEED = LiveFeed()


class Clients:
    """One product."""

    def client(self, id: str) -> Client | None:  # noqa: A002  the port's word
        """The product, whatever it is called."""
        return BOARD if id == BOARD.id else None


class Sessions:
    """One nurse."""

    def person_of(self, headers: Mapping[str, str]) -> Person | None:
        """The nurse, whoever asks."""
        del headers
        return NURSE


def patient(number: int) -> Resource:
    """A patient of about 1.2 KB."""
    name = [{"use": "official", "family": f"Family{number}", "given": ["Given", "Middle"], "prefix": ["Mrs"]}]
    identifier = [
        {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": f"999{number:07}"},
        {"system": "https://hospital.example/mrn", "value": f"M{number:06}"},
    ]
    address = [{"use": "home", "line": ["1 High Street", "Little Town"], "city": "Elsewhere", "postalCode": "EX1 1AA"}]
    telecom = [{"system": "phone", "use": use, "value": "01234 567890"} for use in ("home", "work", "mobile")]
    return {
        "resourceType": "Patient",
        "id": f"patient-{number}",
        "identifier": identifier,
        "active": True,
        "name": name,
        "gender": "female",
        "birthDate": "1950-01-01",
        "address": address,
        "telecom": telecom,
        "generalPractitioner": [{"reference": "Practitioner/gp"}],
        "extension": [{"url": f"https://hospital.example/extension/{n}", "valueString": "v" * 40} for n in range(4)],
    }


def bare_app(folder: Path) -> Any:
    """The least that reads these bytes from SQLite and sends them."""
    database = apsw.Connection(str(folder / "bare.db"), flags=apsw.SQLITE_OPEN_READONLY)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        kind, found = scope["path"].split("/")[-2:]
        body = database.execute("SELECT body FROM resource WHERE type = ? AND id = ?", (kind, found)).get
        headers = [(b"content-type", b"application/fhir+json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def gateway(folder: Path) -> Gateway:
    """The real thing, with a durable audit."""
    return Gateway(
        base_url=f"{ORIGIN}/fhir",
        record=RecordReader(folder / "record.db"),
        feeds=lambda: (FEED,),
        clients=Clients(),
        sessions=Sessions(),
        audit=AuditLog(folder / "audit", system_clock),
        engine=engine(folder / "gateway.db"),
    )


def launch(found: Gateway, number: int) -> str:
    """An access token for one patient, got as a product gets it."""
    handle = dict(parse_qsl(urlsplit(found.launch(NURSE, BOARD.id, PatientContext(f"patient-{number}"))).query))[
        "launch"
    ]
    wishes = {
        "response_type": "code",
        "client_id": BOARD.id,
        "redirect_uri": PRODUCT,
        "scope": BOARD.scopes,
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
            form = {"grant_type": "authorization_code", "code": code, "client_id": BOARD.id}
            form |= {"redirect_uri": PRODUCT, "code_verifier": VERIFIER}
            return str((await client.post("/auth/token", data=form)).json()["access_token"])

    return asyncio.run(run())


def serve(folder: Path, listener: socket.socket, told: Connection, *, is_bare: bool) -> None:
    """A child: one server; it tells the tokens once they are had."""
    if is_bare:
        app, tokens = bare_app(folder), ["none"] * CONNECTIONS
    else:
        found = gateway(folder)
        app, tokens = found.app, [launch(found, number) for number in range(CONNECTIONS)]
    told.send(tokens)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="error", access_log=False, lifespan="off")
    # Not `fd=`: uvicorn would take it for a Unix socket, and without TCP_NODELAY every answer waits 40 ms for an ACK.
    uvicorn.Server(config).run([listener])


class Asker(asyncio.Protocol):
    """One keep-alive connection that asks the same again as soon as it is answered."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.answers = 0
        self.size = 0
        self.got = 0
        self.is_over = False
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Count a whole answer, and ask again; every answer on a connection has the same size."""
        if not self.size:
            head, _, _ = data.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), data
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.size = len(head) + 4 + int(length.split(b":")[1])
        self.got += len(data)
        if self.got < self.size:
            return
        assert self.got == self.size, "an answer of another size"
        self.got = 0
        self.answers += 1
        if self.is_over:
            self.transport.close()
        else:
            self.transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        assert exc is None
        if not self.done.done():
            self.done.set_result(None)


def cpu_s(pid: int) -> float:
    """Processor time that a process has used so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ask(port: int, pid: int, tokens: list[str], seconds: float) -> tuple[float, float]:
    """Answers a second, and microseconds of the server's processor an answer."""
    loop = asyncio.get_running_loop()
    askers = []
    for number, token in enumerate(tokens):
        head = f"GET /fhir/Patient/patient-{number} HTTP/1.1\r\nHost: localhost\r\nAccept: application/fhir+json\r\n"
        request = f"{head}Authorization: Bearer {token}\r\n\r\n".encode()
        askers.append((await loop.create_connection(lambda request=request: Asker(request), "127.0.0.1", port))[1])  # type: ignore[misc]  # a lambda with a default
    begun, before, used = time.perf_counter(), sum(each.answers for each in askers), cpu_s(pid)
    await asyncio.sleep(seconds)
    answers, passed = sum(each.answers for each in askers) - before, time.perf_counter() - begun
    used = cpu_s(pid) - used
    for each in askers:
        each.is_over = True
    await asyncio.gather(*(each.done for each in askers))
    return answers / passed, used / answers * 1e6


def prepare(folder: Path) -> int:
    """The same patients in a real record and in a bare table; the size of one."""
    writer = RecordWriter(folder / "record.db", durable=False)
    with writer.transaction() as writing:
        stored = [writing.put(patient(number), "bench") for number in range(1000)]
    bare = connect(folder / "bare.db")
    bare.execute("CREATE TABLE resource (type TEXT, id TEXT, body BLOB, PRIMARY KEY (type, id)) WITHOUT ROWID")
    with bare:
        rows = [(each.type, each.id, each.body) for each in stored if each is not None]
        bare.executemany("INSERT INTO resource VALUES (?, ?, ?)", rows)
    writer.close()
    bare.close()
    return len(rows[0][2])


def measure(folder: Path, rounds: int, seconds: float) -> dict[str, list[tuple[float, float]]]:
    """Answers a second and processor time an answer of both, in turns."""
    context = multiprocessing.get_context("fork")
    found: dict[str, list[tuple[float, float]]] = {"bare": [], "gateway": []}
    children, servers = [], {}
    for name in found:
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        mine, theirs = context.Pipe()
        child = context.Process(target=serve, args=(folder, listener, theirs), kwargs={"is_bare": name == "bare"})
        child.start()
        children.append(child)
        servers[name] = (listener.getsockname()[1], child.pid, mine.recv())
    for round_ in range(rounds + 1):
        for name, (port, pid, tokens) in servers.items():
            measured = uvloop.run(ask(port, pid or 0, tokens, seconds if round_ else 1))
            if round_:  # the first warms up
                found[name].append(measured)
    for child in children:
        child.terminate()
        child.join()
    return found


def main() -> None:
    """Measure and tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=2)
    wanted = asked.parse_args()
    with TemporaryDirectory() as folder:
        size = prepare(Path(folder))
        found = measure(Path(folder), wanted.rounds, wanted.seconds)
    bare, ours = (statistics.median(rate for rate, _ in found[name]) for name in ("bare", "gateway"))
    print(f"Patient of {size} bytes, {CONNECTIONS} connections, medians of {wanted.rounds}")
    for name, rate in (("bare", bare), ("gateway", ours)):
        used = statistics.median(each for _, each in found[name])
        rates = [round(each) for each, _ in found[name]]
        print(f"{name:10}{rate:8.0f} a second, {used:5.0f} us of processor an answer   {rates}")
    print(
        f"ratio                {ours / bare:8.0%}   (target {TARGET:.0%}: {'met' if ours >= TARGET * bare else 'missed'})"
    )


if __name__ == "__main__":
    main()
