"""A hospital as it is served: `tabard hospital serve` in a process of its own, over TLS, told by a pretend record system."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
from typer.testing import CliRunner

from conformance.clients.certified import Certified
from engines import record_in, record_url
from tabard.accounts import Cost
from tabard.cli.hospital import app as command
from tabard.hospital import Role, init, load
from tabard.link import journal_of
from tabard.record import RecordReader

USERNAME, PASSWORD = "doctor", "correct horse"
PATIENCE_S = 120.0
_CHEAP = Cost(log2_n=4, r=1, p=1)
_LISTENS = re.compile(r"listens on ([^ ]+):(\d+),")


@dataclass(frozen=True, slots=True)
class Told:
    """What a record system told and holds: two people by hospital number, and the record's ids of the first one's observations.

    `observations` are None where the record has them itself.
    """

    patient: str
    other: str
    observations: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Ehr:
    """A record system: `link` makes the hospital's links with it, and `tell` tells at the address where it listens."""

    hospital: str
    ods: str
    link: Callable[[], None]
    tell: Callable[[tuple[str, int]], Told]


EhrOf = Callable[[Path], AbstractContextManager[Ehr]]
"""The record system of the hospital in a folder."""


@dataclass(frozen=True, slots=True)
class Served:
    """The hospital at `url`. `patient` has `observations`; `other` is somebody else; the doctor is `practitioner`."""

    folder: Path
    url: str
    certified: Certified
    patient: str
    number: str
    family: str
    other: str
    observations: frozenset[str]
    practitioner: str

    @property
    def base(self) -> str:
        """The FHIR base."""
        return f"{self.url}/fhir"

    def declared(self, kind: str) -> dict[str, Any]:
        """What the CapabilityStatement says of a type."""
        statement = self.metadata()
        return next(one for one in statement["rest"][0]["resource"] if one["type"] == kind)

    def metadata(self) -> dict[str, Any]:
        """The CapabilityStatement."""
        trust = ssl.create_default_context(cafile=str(self.certified.authority))
        told: dict[str, Any] = httpx.get(f"{self.base}/metadata", verify=trust, trust_env=False).json()
        return told

    def register(self, client: str, redirect: str, scope: str, *more: str) -> dict[str, Any]:
        """`tabard hospital client add`; what it tells."""
        named = ("--name", f"The app {client}", "--id", client, "--redirect", redirect, "--scope", scope)
        return self._command("client", "add", str(self.folder), *named, *more)

    def launch(self, client: str, *more: str) -> str:
        """The address that `tabard hospital launch` prints for the patient."""
        told = self._command("launch", str(self.folder), "--client", client, "--patient", self.patient, *more)
        return str(told["launch"])

    def _command(self, *words: str) -> dict[str, Any]:
        done = CliRunner().invoke(command, [*words, "--json"])
        assert done.exit_code == 0, done.output
        told: dict[str, Any] = msgspec.json.decode(done.stdout)
        return told


@contextmanager
def served(folder: Path, certified: Certified, ehr_of: EhrOf) -> Iterator[Served]:
    """The hospital with a patient of many results and another, served until the context is left."""
    with ehr_of(folder) as ehr, _served(folder, certified, ehr) as running:
        yield running


@contextmanager
def _served(folder: Path, certified: Certified, ehr: Ehr) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    init(folder, ehr.hospital, ehr.ods, port, record=record_url(folder), cost=_CHEAP)
    settings = folder / "hospital.toml"
    certificate, key = certified.hospital
    told = settings.read_text().replace("http://localhost", "https://localhost")
    settings.write_text(f'{told}\n[tls]\ncertificate = "{certificate}"\nkey = "{key}"\n')
    ehr.link()
    with tempfile.TemporaryFile("w+") as trouble, _serving(folder, trouble.fileno()) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(2)]
            found = _LISTENS.search(lines[1])
            trouble.seek(0)
            assert found is not None, (lines, trouble.read())
            heard = ehr.tell((found[1], int(found[2])))
            _settle(folder)
            yield _known(folder, f"https://localhost:{port}", certified, heard)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE_S)
            finally:
                process.kill()


def _serving(folder: Path, trouble: int) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "tabard", "hospital", "serve", str(folder)]
    return subprocess.Popen(  # noqa: S603  our own command
        words, stdout=subprocess.PIPE, stderr=trouble, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )


def _settle(folder: Path) -> None:
    """Wait until what was told is in the record."""
    journal, end = journal_of(folder), time.monotonic() + PATIENCE_S
    while journal.counts().states["waiting"]:
        assert time.monotonic() < end, journal.counts()
        time.sleep(0.02)  # between two looks at another process's work; no test's outcome hangs on it


def _known(folder: Path, url: str, certified: Certified, told: Told) -> Served:
    """The hospital as its record knows it, with the doctor's account made."""
    with closing(RecordReader(record_in(folder))) as record:

        def find(type_: str, *pairs: tuple[str, str]) -> Sequence[Any]:
            return [one.resource() for one in record.search(type_, (*pairs, ("_count", "100"))).matches]

        patient, somebody = (find("Patient", ("identifier", one))[0] for one in (told.patient, told.other))
        results = frozenset(one["id"] for one in find("Observation", ("patient", patient["id"])))
        practitioner = find("Practitioner")[0]["id"]
    roles = frozenset({Role.clinician})
    load(folder, cost=_CHEAP).accounts.put(USERNAME, "Dora Doctor", roles, PASSWORD, practitioner)
    return Served(
        folder,
        url,
        certified,
        patient["id"],
        told.patient,
        patient["name"][0]["family"],
        somebody["id"],
        results if told.observations is None else told.observations,
        practitioner,
    )
