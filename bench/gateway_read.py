"""How fast a product reads a Patient through the gateway, and what of that the audit costs; and transactions of 50 entries.

In one run, in turns, over 32 keep-alive connections: a bare ASGI app that reads the same bytes from SQLite (the floor), the
gateway with its audit durable, the gateway with an audit that forgets, and @medplum/fhir-router over its own memory (absent
without node and its modules). Each in a process of its own; the first three under uvicorn (httptools, uvloop).
Run: python bench/gateway_read.py [--rounds 5] [--seconds 2]
"""

import argparse
import asyncio
import base64
import hashlib
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, urlsplit

import apsw
import httpx
import uvicorn
import uvloop

from tabard.audit import AuditEvent, AuditLog
from tabard.database import connect, engine
from tabard.fhir import Resource, encode
from tabard.gateway import Client, Gateway, PatientContext, Person
from tabard.ground.time import system_clock
from tabard.record import RecordReader, RecordWriter

CONNECTIONS = 32
TARGET = 0.55
AUDIT_SHARE = 0.35
P99_MS = 25.0
TRANSACTIONS = 20.0
ENTRIES = 50
NODE_MODULES = Path(__file__).parents[1] / "tests/conformance/fhir/node_modules"
ROUTER = Path(__file__).parent / "medplum_router.cjs"
ORIGIN = "http://localhost:8000"
_PIPE = subprocess.PIPE
PRODUCT = "http://board.localhost:8000/"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
NURSE = Person("nurse", "Nurse", frozenset({"clinician"}))
BOARD = Client("board", "Board", PRODUCT, (PRODUCT,), PRODUCT.rstrip("/"), "launch user/*.rs patient/*.cruds")


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


class ForgetfulAudit(AuditLog):
    """An audit that says at once that it is durable, and keeps nothing: what is left is what the audit costs."""

    def write(self, event: AuditEvent) -> Future[None]:
        """Done."""
        del event
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def written(self, event: AuditEvent, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
        """Done."""
        del event
        done: asyncio.Future[None] = loop.create_future()
        done.set_result(None)
        return done


def gateway(folder: Path, name: str) -> Gateway:
    """The real thing; of the kind `unaudited` with an audit that forgets."""
    writer, turn = RecordWriter(folder / "record.db"), Lock()

    @contextmanager
    def keep() -> Iterator[Any]:
        with turn, writer.transaction() as writing:
            yield writing

    kind = ForgetfulAudit if name == "unaudited" else AuditLog
    return Gateway(
        base_url=f"{ORIGIN}/fhir",
        record=RecordReader(folder / "record.db"),
        feeds=lambda: (FEED,),
        clients=Clients(),
        sessions=Sessions(),
        audit=kind(folder / f"audit-{name}", system_clock),
        engine=engine(folder / f"{name}.db"),
        keep=keep,
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


def serve(folder: Path, listener: socket.socket, told: Connection, name: str) -> None:
    """A child: one server; it tells the tokens once they are had."""
    if name == "bare":
        app, tokens = bare_app(folder), ["none"] * CONNECTIONS
    else:
        found = gateway(folder, name)
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
        self.took: list[float] = []
        self.asked = time.perf_counter()
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
        now = time.perf_counter()
        self.took.append(now - self.asked)
        self.asked = now
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


async def ask(port: int, pid: int, tokens: list[str], seconds: float) -> tuple[float, float, float]:
    """Answers a second, microseconds of the server's processor an answer, and the 99th hundredth of the time taken in ms."""
    loop = asyncio.get_running_loop()
    askers = []
    for number, token in enumerate(tokens):
        head = f"GET /fhir/Patient/patient-{number} HTTP/1.1\r\nHost: localhost\r\nAccept: application/fhir+json\r\n"
        request = f"{head}Authorization: Bearer {token}\r\n\r\n".encode()
        askers.append((await loop.create_connection(lambda request=request: Asker(request), "127.0.0.1", port))[1])  # type: ignore[misc]  # a lambda with a default
    for each in askers:
        each.took.clear()
    begun, before, used = time.perf_counter(), sum(each.answers for each in askers), cpu_s(pid)
    await asyncio.sleep(seconds)
    answers, passed = sum(each.answers for each in askers) - before, time.perf_counter() - begun
    used = cpu_s(pid) - used
    took = sorted(one for each in askers for one in each.took)
    for each in askers:
        each.is_over = True
    await asyncio.gather(*(each.done for each in askers))
    return answers / passed, used / answers * 1e6, took[int(len(took) * 0.99)] * 1000


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


class Server(NamedTuple):
    """One server that is asked: where, which process, and with which tokens."""

    port: int
    pid: int
    tokens: list[str]


@contextmanager
def served(folder: Path, name: str) -> Iterator[Server]:
    """One of the servers in Python."""
    context = multiprocessing.get_context("fork")
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    mine, theirs = context.Pipe()
    child = context.Process(target=serve, args=(folder, listener, theirs, name))
    child.start()
    try:
        yield Server(listener.getsockname()[1], child.pid or 0, mine.recv())
    finally:
        child.terminate()
        child.join()
        listener.close()


@contextmanager
def router() -> Iterator[Server | None]:
    """The independent server, None where it cannot be had."""
    node = shutil.which("node")
    if node is None or not (NODE_MODULES / "@medplum/fhir-router").is_dir():
        yield None
        return
    with subprocess.Popen((node, str(ROUTER), str(NODE_MODULES)), stdin=_PIPE, stdout=_PIPE) as child:  # noqa: S603  our own program
        try:
            if child.stdin is not None:
                child.stdin.write(b"[" + b",".join(encode(patient(number)) for number in range(1000)) + b"]")
                child.stdin.close()
            line = b"" if child.stdout is None else child.stdout.readline()
            yield Server(int(line), child.pid, ["none"] * CONNECTIONS)
        finally:
            child.terminate()


def measure(folder: Path, rounds: int, seconds: float) -> dict[str, list[tuple[float, float, float]]]:
    """What each server does, in turns."""
    with ExitStack() as stack:
        servers: dict[str, Server | None] = {
            name: stack.enter_context(served(folder, name)) for name in ("bare", "gateway", "unaudited")
        }
        servers["medplum"] = stack.enter_context(router())
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name, one in servers.items() if one}
        for round_ in range(rounds + 1):
            for name, server in servers.items():
                if server is not None:
                    asked = ask(server.port, server.pid, server.tokens, seconds if round_ else 1)
                    measured = uvloop.run(asked)
                    if round_:  # the first warms up
                        found[name].append(measured)
    return found


def transactions(folder: Path, seconds: float) -> float:
    """Transactions of `ENTRIES` new resources a second, one after another, each durable with its audit and Provenance."""
    value = {"status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}}
    weight = {
        "resourceType": "Observation",
        **value,
        "subject": {"reference": "Patient/patient-0"},
        "valueString": "80",
    }
    entry = {"resource": weight, "request": {"method": "POST", "url": "Observation"}}
    body = encode({"resourceType": "Bundle", "type": "transaction", "entry": [entry] * ENTRIES})
    with served(folder, "gateway") as server, httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as client:
        headers = {"Authorization": f"Bearer {server.tokens[0]}", "Content-Type": "application/fhir+json"}
        done, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            assert client.post("/fhir", content=body, headers=headers).raise_for_status().json()["entry"]
            done += 1
        return done / (time.perf_counter() - begun)


def main() -> None:
    """Measure and tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=2)
    wanted = asked.parse_args()
    with TemporaryDirectory() as folder:
        size = prepare(Path(folder))
        found = measure(Path(folder), wanted.rounds, wanted.seconds)
        rate_of_transactions = transactions(Path(folder), wanted.seconds * 2)
    print(f"Patient of {size} bytes, {CONNECTIONS} connections, medians of {wanted.rounds}")
    middle = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    for name, (rate, used, p99) in middle.items():
        print(f"{name:10}{rate:8.0f} a second, {used:5.0f} us of processor an answer, p99 {p99:6.1f} ms")
    share = middle["gateway"][0] / middle["bare"][0]
    audit = 1 - middle["gateway"][0] / middle["unaudited"][0]
    tell("of the floor", f"{share:.0%}", f"at least {TARGET:.0%}", is_met=share >= TARGET)
    tell("p99", f"{middle['gateway'][2]:.1f} ms", f"at most {P99_MS:.0f} ms", is_met=middle["gateway"][2] <= P99_MS)
    tell("the audit takes", f"{audit:.0%}", f"at most {AUDIT_SHARE:.0%}", is_met=audit <= AUDIT_SHARE)
    rate = rate_of_transactions
    tell(f"of {ENTRIES} entries", f"{rate:.0f} a second", f"at least {TRANSACTIONS:.0f}", is_met=rate >= TRANSACTIONS)


def tell(what: str, got: str, target: str, *, is_met: bool) -> None:
    """One line of the verdict."""
    print(f"{what:20}{got:>14}   ({target}: {'met' if is_met else 'missed'})")


if __name__ == "__main__":
    main()
