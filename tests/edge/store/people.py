"""A store on a real port, and those around it: a publisher, two assessors of each role, a stranger."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx

from tabard.accounts import Cost
from tabard.decision import Role
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key, write_signing_key
from tabard.product import Package, sign_release
from tabard.store import init, load
from tabard.store.asking import StoreAt, Told, statement_of
from unit.store.product_files import package

PEOPLE = {"Ada Safe": Role.clinical_safety, "Bo Secure": Role.security, "Cy Safe": Role.clinical_safety}
REVIEWS = {
    "pages-self-contained": ("Bo Secure", "I read every file of it myself."),
    "pages-accessible": ("Ada Safe", "I opened every page with a screen reader."),
}
_PROGRAM = Path(__file__).with_name("served.py")
_TRIES = 1200


@dataclass
class Place:
    """A store's folder and address, and everybody's keys."""

    folder: Path
    url: str
    offline: Path
    publisher: SigningKey
    people: dict[str, SigningKey]
    addresses: dict[str, str] = field(default_factory=dict)

    def key_file(self, name: str) -> Path:
        """The file of that person's private key."""
        path = self.folder.parent / f"{name.replace(' ', '-')}.pem"
        if not path.exists():
            write_signing_key(path, self.people[name])
        return path

    def package(self, version: str = "1.0.0", words: str = "A name", publisher: str = "RZZ") -> Package:
        """The small product."""
        return package(self.folder.parent / "products", version, publisher, words)

    def post(self, package: bytes, release: bytes) -> httpx.Response:
        """Submit these bytes."""
        files = {"package": ("p.tabard", package), "release": ("r.json", release)}
        return httpx.post(f"{self.url}/api/submissions", files=files, timeout=60)

    def submit(self, made: Package) -> str:
        """The case of that package."""
        answer = self.post(made.raw, sign_release(made, self.publisher).to_bytes())
        assert answer.status_code == 202, answer.text
        told = answer.json()
        self.addresses[told["case"]] = told["address"]
        return str(told["case"])

    def status(self, case: str) -> dict[str, Any]:
        """How that case stands, for its submitter."""
        told: dict[str, Any] = httpx.get(f"{self.url}/api{self.addresses.get(case, f'/submissions/{case}')}").json()
        return told

    def comes_to(self, case: str, *statuses: str) -> dict[str, Any]:
        """The case once its status is one of these."""
        told: dict[str, Any] = {}

        def is_there() -> bool:
            told.update(self.status(case))
            return told["status"] in statuses

        until(is_there)
        return told

    def at(self, name: str) -> StoreAt:
        """The store as that person asks it."""
        return StoreAt(self.url, self.people[name])

    def reviewed(self, case: str) -> None:
        """Every finding that needs a person has one, and every criterion that waits for one."""
        self.comes_to(case, "in_review")
        for name in PEOPLE:
            with self.at(name) as store:
                store.assign(case, "none")
        for rule, (name, reason) in REVIEWS.items():
            with self.at(name) as store:
                store.review(case, rule, reason)
        for name in ("Ada Safe", "Bo Secure"):
            with self.at(name) as store:
                told = store.standings(case)
                mine = [one for one in told["criteria"] if told["role"] in one["judges"]]
                waiting = [one["criterion"] for one in mine if one["waits_for"] == "judgement"]
                store.judge(case, waiting, "met", "I looked at all that stands beside it.")

    def sign(self, case: str, name: str) -> Told:
        """That person drafts where nothing is drafted, and signs."""
        with self.at(name) as store:
            told = store.case(case)
            told = told if told["statement"] else store.draft(case)
            statement = statement_of(told, store.package(told)).statement
            return store.sign(case, statement)


def place(folder: Path) -> Place:
    """A store begun in `folder`, not yet served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    begun = init(folder / "store", folder / "offline", "The store", port)
    publisher, people = new_signing_key(), {name: new_signing_key() for name in PEOPLE}
    store = load(begun.folder, cost=Cost(log2_n=4, r=1, p=1))
    store.publishers.enrol("RZZ", "St Elsewhere NHS Trust", (publisher.public,))
    targets = [read_signing_key(begun.offline / f"targets-{n}.pem") for n in (1, 2)]
    for name, role in PEOPLE.items():
        store.assessors.enrol(name, role, people[name].public, targets, organisation="X26")
    return Place(begun.folder, f"http://localhost:{port}", begun.offline, publisher, people)


class Served:
    """The store in a process of its own."""

    def __init__(self, folder: Path, kill_at: str = "", command: tuple[str, ...] = ()) -> None:
        self.log = (folder.parent / "served.log").open("ab")
        program = command or (sys.executable, str(_PROGRAM), str(folder), kill_at)
        self._process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=self.log)  # noqa: S603  our own program
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            self.died()
            raise AssertionError((folder.parent / "served.log").read_text())

    def died(self) -> int:
        """Its exit code, once it has ended."""
        code = self._process.wait(60)
        self._close()
        return code

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.died()

    def _close(self) -> None:
        if self._process.stdout is not None:
            self._process.stdout.close()
        self.log.close()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    pause = Event()
    for _ in range(_TRIES):
        if is_so():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come to pass")
