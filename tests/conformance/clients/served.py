"""A hospital as it is served: `tabard hospital serve` in a process of its own, over TLS, fed by a pretend Lorenzo."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from typer.testing import CliRunner

from conformance.clients.certified import Certified
from engines import record_in, record_url
from tabard.accounts import Cost
from tabard.cli.hospital import app as command
from tabard.hospital import Role, init, load
from tabard.link import LinkSettings, add_link, journal_of
from tabard.record import RecordReader
from tabard.sandbox import FULL_BLOOD_COUNT, VITAL_SIGNS, PretendLorenzo

USERNAME, PASSWORD = "doctor", "correct horse"
PATIENCE_S = 120.0
_LINK, _WARD = "lorenzo", "Fern"
_CHEAP = Cost(log2_n=4, r=1, p=1)
_LISTENS = re.compile(r"listens on ([^ ]+):(\d+),")


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
def served(folder: Path, certified: Certified) -> Iterator[Served]:
    """The hospital with a patient of many results and another, served until the context is left."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    init(folder, "St Elsewhere Hospital", "RZZ", port, record=record_url(folder), cost=_CHEAP)
    settings = folder / "hospital.toml"
    certificate, key = certified.hospital
    told = settings.read_text().replace("http://localhost", "https://localhost")
    settings.write_text(f'{told}\n[tls]\ncertificate = "{certificate}"\nkey = "{key}"\n')
    add_link(folder, LinkSettings(name=_LINK, dialect="st-elsewhere", port=0))
    with tempfile.TemporaryFile("w+") as trouble, _serving(folder, trouble.fileno()) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(2)]
            found = _LISTENS.search(lines[1])
            trouble.seek(0)
            assert found is not None, (lines, trouble.read())
            patient, other = _told(folder, (found[1], int(found[2])))
            yield _known(folder, f"https://localhost:{port}", certified, patient, other)
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


def _told(folder: Path, address: tuple[str, int]) -> tuple[str, str]:
    """What the pretend Lorenzo tells: two admissions, and results of the first; their hospital numbers."""
    lorenzo = PretendLorenzo(*address, seed=7)
    try:
        mrns = [lorenzo.admit(_WARD).event.person.mrn for _ in range(2)]
        for panel in (VITAL_SIGNS, FULL_BLOOD_COUNT, VITAL_SIGNS, VITAL_SIGNS):
            lorenzo.result(mrns[0], panel)
        lorenzo.result(mrns[1], VITAL_SIGNS)
    finally:
        lorenzo.close()
    journal, end = journal_of(folder), time.monotonic() + PATIENCE_S
    while journal.counts().states["waiting"]:
        assert time.monotonic() < end, journal.counts()
        time.sleep(0.02)  # between two looks at another process's work; no test's outcome hangs on it
    return mrns[0], mrns[1]


def _known(folder: Path, url: str, certified: Certified, mrn: str, other: str) -> Served:
    """The hospital as its record knows it, with the doctor's account made."""
    with closing(RecordReader(record_in(folder))) as record:

        def find(type_: str, *pairs: tuple[str, str]) -> Sequence[Any]:
            return [one.resource() for one in record.search(type_, (*pairs, ("_count", "100"))).matches]

        patient, somebody = (find("Patient", ("identifier", one))[0] for one in (mrn, other))
        results = find("Observation", ("patient", patient["id"]))
        practitioner = find("Practitioner")[0]["id"]
    roles = frozenset({Role.clinician})
    load(folder, cost=_CHEAP).accounts.put(USERNAME, "Dora Doctor", roles, PASSWORD, practitioner)
    return Served(
        folder,
        url,
        certified,
        patient["id"],
        mrn,
        patient["name"][0]["family"],
        somebody["id"],
        frozenset(one["id"] for one in results),
        practitioner,
    )
