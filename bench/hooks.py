"""What asking five products at a moment of care adds to the products' own answers.

Five confined servers give a card each to patient-view, with a prefetch of the patient and twenty results. In turns: the five
called bare, all at once; and asked as the portal asks them: rights lent, prefetch read, a proof signed, the audit durable,
cards read and merged. Medians.

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
PREFETCH = (
    ("patient", "Patient/{{context.patientId}}"),
    ("vitals", "Observation?patient={{context.patientId}}&_sort=-date&_count=20"),
)
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

    def of_hook(self, hook: Hook, /) -> Sequence[Service]:
        """All five."""
        return tuple(
            Service(name, name, "hello", hook, "Hello", "Says hello", PREFETCH, SCOPES, timeout_s=5) for name in NAMES
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
    with TemporaryDirectory() as folder, served(Path(folder)) as runner:
        bare, whole = measure(Path(folder), runner, rounds)
    added = median(whole) - median(bare)
    print(f"{PRODUCTS} products, {rounds} rounds in turns, medians")
    print(f"called bare, all at once   {median(bare):6.2f} ms")
    print(f"asked as the portal asks   {median(whole):6.2f} ms")
    print(f"added                      {added:6.2f} ms   (under {TARGET_MS:.0f} ms: {_word(added < TARGET_MS)})")


def measure(folder: Path, runner: Runner, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of both, round by round."""
    gateway = opened(folder)
    hooks = gateway.hooks(Five(runner))
    bare: list[float] = []
    whole: list[float] = []
    with ThreadPoolExecutor(PRODUCTS) as threads:

        def call(name: str) -> int:
            return runner.call(name, "POST", "/cds-services/hello", BARE).status

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
    gateway.close()
    return bare, whole


def opened(folder: Path) -> Gateway:
    """The gateway of a hospital with one patient and her results."""
    writer = RecordWriter(folder / "record.db", durable=False)
    with writer.transaction() as writing:
        writing.put({"resourceType": "Patient", "id": "ann", "active": True, "birthDate": "1950-01-01"}, "bench")
        for number in range(20):
            writing.put(result(number), "bench")
    writer.close()
    return Gateway(
        base_url="http://localhost:8000/fhir",
        record=RecordReader(folder / "record.db"),
        feeds=lambda: (),
        clients=Clients(),
        sessions=Sessions(),
        audit=AuditLog(folder / "audit", system_clock),
        engine=engine(folder / "gateway.db"),
    )


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
