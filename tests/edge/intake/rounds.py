"""Rounds of life and death: links start, senders send, the process is killed at a random moment; then the accounts."""

import json
import multiprocessing
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from edge.intake.senders import Sender, send_all
from edge.intake.victim import End, live
from tabard.database import read_only
from tabard.journal import JournalReader, State
from tabard.link import LinkSettings, add_link

SENDERS = 6
START_S = 60.0
LIFE_S = (0.02, 0.4)
_PEACEFUL = ("full", False)


@dataclass(frozen=True)
class Accounts:
    """What senders were told beside what is there. All empty and equal is well."""

    acknowledged: int
    lost: tuple[str, ...]
    kept_twice: tuple[str, ...]
    not_applied: tuple[str, ...]
    wrongly_applied: tuple[int, ...]
    faults: tuple[str, ...]


class Rounds:
    """One folder, and what lives and dies in it."""

    def __init__(self, folder: Path, *, synchronous: str = "full", on_lossy_disk: bool = False, seed: int = 1) -> None:
        self._folder = folder
        self._how = (synchronous, on_lossy_disk)
        self._random = random.Random(seed)  # noqa: S311  moments of death, no secret
        self._senders = [Sender(person) for person in range(1, SENDERS + 1)]
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tabard.wiring"])  # once, so that each life starts quickly
        add_link(folder, LinkSettings("lorenzo", "itk-2.4", 0))

    def live_and_die(self) -> None:
        """One life, ended by SIGKILL at a random moment under load."""
        process, address = self._start(End.killed)
        with self._load(address):
            process.join(self._random.uniform(*LIFE_S))
            assert process.is_alive(), "it died by itself"
            process.kill()
            process.join()

    def die_between(self) -> None:
        """One life under load, ended by SIGKILL after the record was written and before the journal was marked."""
        process, address = self._start(End.between)
        with self._load(address):
            process.join(START_S)
        assert process.exitcode == -signal.SIGKILL

    def settle(self) -> Accounts:
        """A peaceful life, on a good disk, in which all that waits is applied; then the accounts."""
        process, _ = self._start(End.peaceful)
        process.join(START_S)
        assert process.exitcode == 0, process.exitcode
        return self._accounts()

    @contextmanager
    def _load(self, address: tuple[str, int]) -> Iterator[None]:
        stopping = threading.Event()
        threads = send_all(self._senders, address, stopping)
        yield
        stopping.set()
        for thread in threads:
            thread.join()

    def _start(self, end: End) -> tuple[BaseProcess, tuple[str, int]]:
        how = _PEACEFUL if end is End.peaceful else self._how
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=live, args=(self._folder, theirs, *how, end))
        process.start()
        theirs.close()
        with ours:
            assert ours.poll(START_S), "it did not start"
            address: tuple[str, int] = ours.recv()
        return process, address

    def _accounts(self) -> Accounts:
        reader = JournalReader(self._folder / "journal.db")
        states = _states(reader)
        acknowledged = [one for sender in self._senders for one in sender.acknowledged]
        assert reader.counts() == reader.recount()
        reader.close()
        kept = Counter({one: len(several) for one, several in states.items()})
        return Accounts(
            acknowledged=len(acknowledged),
            lost=tuple(one for one in acknowledged if not kept[one]),
            kept_twice=tuple(one for one, number in kept.items() if number > 1),
            not_applied=tuple(one for one in acknowledged if states.get(one, [State.applied]) != [State.applied]),
            wrongly_applied=tuple(one.person for one in self._senders if not self._is_applied_once(one)),
            faults=tuple(fault for sender in self._senders for fault in sender.faults),
        )

    def _is_applied_once(self, sender: Sender) -> bool:
        """The person's versions are one a message, in the order sent: none missing, none twice.

        The last message may be there without having been acknowledged.
        """
        lines = _house_numbers(self._folder / "record.db", f"M{sender.person:06d}")
        return lines == list(range(1, len(lines) + 1)) and len(lines) - len(sender.acknowledged) in {0, 1}


def _states(reader: JournalReader) -> dict[str, list[State]]:
    """By control id, the states of the messages kept under it; copies known as such are not kept."""
    states: dict[str, list[State]] = {}
    before = None
    while page := reader.entries(before=before, limit=1000):
        before = page[-1].seq
        for entry in page:
            if entry.state is not State.duplicate:
                states.setdefault(entry.control_id, []).append(entry.state)
    return states


def _house_numbers(record: Path, number: str) -> list[int]:
    """The house number in each version of the patient with this hospital number, oldest first."""
    bodies = read_only(record).execute("SELECT body FROM version ORDER BY seq")
    patients = (json.loads(body) for (body,) in bodies)
    return [
        int(patient["address"][0]["line"][0].split()[0])
        for patient in patients
        if patient["resourceType"] == "Patient" and number in {one.get("value") for one in patient["identifier"]}
    ]
