"""Lives of a served folder under load: some end by `kill -9`, some by a power cut, the last in peace; then the accounts."""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from soak.found import Found, differences
from soak.network import Sent, Shuffle
from soak.sending import Sender, Supply
from soak.serving import serve
from soak.tale import LINES
from soak.telling import Story
from tabard.journal import JournalReader
from tabard.link import LinkSettings, add_link, journal_of

_START_S = 300.0
_MOST_WAITING = 2000
_DYING_SHARE = 0.6
"""The share of the messages over which processes die; the last life, in which memory is watched, has the others."""


@dataclass(frozen=True)
class Figures:
    """What a soak found. `memory` are the bytes in use early and late in the last life."""

    messages: int
    kills: int
    power_cuts: int
    differences: tuple[str, ...]
    lost: tuple[str, ...]
    kept_twice: tuple[str, ...]
    counts: dict[str, int]
    reasons: dict[str, int]
    faults: tuple[str, ...]
    per_s: float
    memory: tuple[int, int]

    def __str__(self) -> str:
        early, late = (f"{one / 2**20:.0f} MiB" for one in self.memory)
        states = ", ".join(f"{number} {state}" for state, number in self.counts.items() if number)
        return (
            f"soak: {self.messages} messages sent ({states}), {self.kills} kills, {self.power_cuts} power cuts;"
            f" {self.per_s:.0f} a second in the last life, memory {early} early and {late} late in it;"
            f" {len(self.differences)} differences, {len(self.lost)} lost, {len(self.kept_twice)} kept twice"
        )


class Soak:
    """One folder and the load on it; `mar` may do to what is sent what no network does, to see that the accounts show it."""

    def __init__(
        self,
        folder: Path,
        *,
        messages: int,
        patients: int,
        seed: int = 1,
        mar: Callable[[Iterator[Sent]], Iterator[Sent]] = iter,
    ) -> None:
        self._folder = folder
        self._chance = Random(f"lives {seed}")  # noqa: S311  moments of death, no secret
        self._story = Story(seed=seed, messages=messages, patients=patients)
        self._supply = Supply(mar(iter(Shuffle(self._story, seed=seed))), LINES + 1)
        self._senders = [Sender(self._supply, line) for line in range(LINES + 1)]
        self._messages = messages
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tabard.wiring"])  # once, so that each life starts quickly
        self._may_send = threading.Event()
        self._told: list[tuple[dict[str, int], tuple[str, ...], int]] = []
        add_link(folder, LinkSettings("pas", "itk-2.4", 0))

    def run(self, *, kills: int, power_cuts: int) -> Figures:
        """All lives, and the accounts after them."""
        deaths = kills + power_cuts
        each = int(self._messages * _DYING_SHARE / max(deaths, 1))
        for n in range(deaths):
            self._live_and_die(self._chance.randint(each // 2, each), on_lossy_disk=n < power_cuts)
        began, before = time.monotonic(), self._acknowledged()
        self._live_in_peace()
        per_s = (self._acknowledged() - before) / (time.monotonic() - began)
        return self._accounts(kills, power_cuts, per_s)

    def _live_and_die(self, messages: int, *, on_lossy_disk: bool) -> None:
        process, pipe, address = self._start(on_lossy_disk=on_lossy_disk)
        until = self._acknowledged() + messages
        with pipe, self._load(address):
            while self._acknowledged() < until and not all(one.is_done for one in self._senders):
                self._listen(pipe)
            process.kill()
            process.join()

    def _live_in_peace(self) -> None:
        process, pipe, address = self._start(on_lossy_disk=False)
        self._told.clear()
        with pipe, self._load(address):
            while not all(one.is_done for one in self._senders) or self._listen(pipe)["waiting"]:
                self._listen(pipe)
            pipe.send("end")
            process.join(_START_S)
        assert process.exitcode == 0, process.exitcode

    def _listen(self, pipe: Pipe) -> dict[str, int]:
        """What the process tells next; senders pause while it is far behind."""
        assert pipe.poll(_START_S), "it does not speak"
        told = pipe.recv()
        self._told.append(told)
        counts: dict[str, int] = told[0]
        (self._may_send.set if counts["waiting"] < _MOST_WAITING else self._may_send.clear)()
        return counts

    @contextmanager
    def _load(self, address: tuple[str, int]) -> Iterator[None]:
        stopping = threading.Event()
        arguments = (address, stopping, self._may_send)
        threads = [threading.Thread(target=one.send_until, args=arguments) for one in self._senders]
        self._may_send.set()
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopping.set()
            for thread in threads:
                thread.join()

    def _start(self, *, on_lossy_disk: bool) -> tuple[BaseProcess, Pipe, tuple[str, int]]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=serve, args=(self._folder, theirs, on_lossy_disk))
        process.start()
        theirs.close()
        assert ours.poll(_START_S), "it did not start"
        return process, ours, ours.recv()["pas"]

    def _acknowledged(self) -> int:
        return sum(one.acknowledged for one in self._senders)

    def _accounts(self, kills: int, power_cuts: int, per_s: float) -> Figures:
        journal = JournalReader(self._folder / "journal.db")
        kept, counts = _kept(journal), dict(journal.counts())
        assert counts == journal.recount()
        journal.close()
        truth, found = self._story.world.census(), Found(self._folder / "record.db")
        census = found.census(frozenset(truth.merges))
        found.close()
        sent = self._supply.numbers
        return Figures(
            messages=self._supply.handed_out,
            kills=kills,
            power_cuts=power_cuts,
            differences=differences(truth, census),
            lost=tuple(one for one in sent if not kept[one]),
            kept_twice=tuple(one for one, number in kept.items() if number > 1),
            counts=counts,
            reasons=dict(journal_of(self._folder).counts().parked_reasons),
            faults=tuple(fault for one in self._senders for fault in one.faults),
            per_s=per_s,
            memory=_memory([told[2] for told in self._told]),
        )


def _kept(journal: JournalReader) -> Counter[str]:
    """By control id, how many messages are kept; copies known as such are not."""
    kept: Counter[str] = Counter()
    before = None
    while page := journal.entries(before=before, limit=1000):
        before = page[-1].seq
        kept.update(entry.control_id for entry in page if entry.state != "duplicate")
    return kept


def _memory(samples: list[int]) -> tuple[int, int]:
    """Early (after a fifth) and late, each the middle of a tenth of the samples."""
    tenth = max(len(samples) // 10, 1)
    early, late = sorted(samples[2 * tenth : 3 * tenth] or samples), sorted(samples[-tenth:])
    return early[len(early) // 2], late[len(late) // 2]
