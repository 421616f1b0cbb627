"""What asking five products at a moment of care adds to the products' own answers.

Five confined servers give a card each to patient-view. In turns: the five called bare, all at once; and asked as the portal
asks them: rights lent, prefetch read, a proof signed, the audit durable, cards read and merged. Without a prefetch, which is
what the fan-out itself adds; with the patient; and with the patient and twenty results, read for each of the five by itself.
Medians.

Run: python bench/hooks.py [--rounds 200]
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event

from starlette.types import ASGIApp, Receive, Scope, Send

from tabard.audit import AuditLog
from tabard.cli.wheels import kit_wheel
from tabard.database import engine
from tabard.gateway import Client, Gateway, Person
from tabard.gateway.cds import Hook, Reply, Service
from tabard.ground.time import system_clock
from tabard.product import LOCK, Server
from tabard.record import RecordReader, RecordWriter
from tabard.runner import Deployment, Runner, State

PRODUCTS, TARGET_MS, WARM = 5, 5.0, 20
NAMES = tuple(f"adviser-{number}" for number in range(PRODUCTS))
SCOPES = "patient/Patient.r patient/Observation.rs"
PATIENT = ("patient", "Patient/{{context.patientId}}")
VITALS = ("vitals", "Observation?patient={{context.patientId}}&_sort=-date&_count=20")
PREFETCHES = {"no prefetch": (), "the patient": (PATIENT,), "and 20 results": (PATIENT, VITALS)}
NURSE = Person("nurse", "Nurse", frozenset({"clinician"}))
SERVICE = b"""
from tabard_kit import Card, hook, serve

@hook("patient-view", id="hello", title="Hello")
def hello(request):
    return [Card("Hello", "Bench")]

serve()
"""
BARE = b'{"hook":"patient-view","hookInstance":"1","context":{"patientId":"ann"}}'


class Clients:
    """The five."""

    def client(self, id: str) -> Client | None:  # noqa: A002  the port's word
        """One of them."""
        here = f"http://{id}.localhost:8000"
        return Client(id, id, f"{here}/", (f"{here}/",), here, SCOPES) if id in NAMES else None


class Sessions:
    """Nobody: no page is opened."""

    def person_of(self, headers: Mapping[str, str]) -> Person | None:
        """Nobody."""
        del headers
        return None


@dataclass(frozen=True, slots=True)
class Five:
    """The five services, on their own sockets."""

    runner: Runner
    prefetch: tuple[tuple[str, str], ...]

    def of_hook(self, hook: Hook, /) -> Sequence[Service]:
        """All five."""
        return tuple(
            Service(name, name, "hello", hook, "Hello", "Says hello", self.prefetch, SCOPES, timeout_s=5)
            for name in NAMES
        )

    def all(self) -> Sequence[Service]:
        """All five."""
        return self.of_hook(Hook.patient_view)

    def post(self, service: Service, path: str, body: bytes, headers: Mapping[str, str], timeout_s: float, /) -> Reply:
        """Ask one."""
        answer = self.runner.call(service.client, "POST", path, body, headers, timeout_s=timeout_s)
        return Reply(answer.status, answer.body)


def main() -> None:
    """Measure and tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=200)
    rounds = asked.parse_args().rounds
    print(f"{PRODUCTS} products, {rounds} rounds in turns, medians in ms")
    print(f"{'':16}{'bare':>8}{'asked':>8}{'added':>8}")
    with TemporaryDirectory() as folder, served(Path(folder)) as runner, opened(Path(folder)) as gateway:
        for name, prefetch in PREFETCHES.items():
            bare, whole = measure(gateway, Five(runner, prefetch), rounds)
            added = median(whole) - median(bare)
            met = f"   under {TARGET_MS:.0f}: {_word(added < TARGET_MS)}"
            print(f"{name:16}{median(bare):8.2f}{median(whole):8.2f}{added:8.2f}{met}")


def measure(gateway: Gateway, five: Five, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of both, round by round."""
    hooks = gateway.hooks(five)
    bare: list[float] = []
    whole: list[float] = []
    with ThreadPoolExecutor(PRODUCTS) as threads:

        def call(name: str) -> int:
            return five.runner.call(name, "POST", "/cds-services/hello", BARE).status

        for number in range(rounds + WARM):
            began = time.perf_counter()
            assert set(threads.map(call, NAMES)) == {200}
            between = time.perf_counter()
            told = hooks.desk.advise(NURSE, "ann")
            ended = time.perf_counter()
            assert [len(one.cards) for one in told] == [1] * PRODUCTS, told
            assert not any(one.fault for one in told), told
            if number >= WARM:
                bare.append((between - began) * 1000)
                whole.append((ended - between) * 1000)
    hooks.close()
    return bare, whole


@contextmanager
def opened(folder: Path) -> Iterator[Gateway]:
    """The gateway of a hospital with one patient and her results."""
    writer = RecordWriter(folder / "record.db", durable=False)
    with writer.transaction() as writing:
        writing.put({"resourceType": "Patient", "id": "ann", "active": True, "birthDate": "1950-01-01"}, "bench")
        for number in range(20):
            writing.put(result(number), "bench")
    writer.close()
    found = Gateway(
        base_url="http://localhost:8000/fhir",
        record=RecordReader(folder / "record.db"),
        feeds=lambda: (),
        clients=Clients(),
        sessions=Sessions(),
        audit=AuditLog(folder / "audit", system_clock),
        engine=engine(folder / "gateway.db"),
    )
    yield found
    found.close()


def result(number: int) -> dict[str, object]:
    """A pulse."""
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Pulse"}]},
        "subject": {"reference": "Patient/ann"},
        "effectiveDateTime": f"2026-03-01T08:{number:02}:00Z",
        "valueQuantity": {"value": 80 + number, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }


@contextmanager
def served(folder: Path) -> Iterator[Runner]:
    """The five, up."""
    kit = kit_wheel()
    files = {"service.py": SERVICE, LOCK: kit.locked.encode(), f"wheels/{kit.file_name}": kit.raw}
    with Runner(folder / "run", nobody) as runner:
        for name in NAMES:
            runner.start(Deployment(name, "d1", Server("service"), lambda: files))
        pause = Event()
        while any(one.state is not State.running for one in runner.health()):
            assert all(one.state is not State.given_up for one in runner.health()), runner.health()
            pause.wait(0.01)
        yield runner


def nobody(product: str) -> ASGIApp:
    """The products ask for nothing."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError(product, scope, receive, send)

    return app


def _word(is_met: bool) -> str:  # noqa: FBT001  a yes or no to be told
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    main()
