"""MLLP intake: the real listener beside a bare loop (frame, insert, group commit, fixed answer), in one run.

64 connections, 1.6 KB messages, stop and wait, every acknowledgement checked; the client is another process. Both sides
commit with synchronous=FULL. Prints messages a second, times to the answer, and the ratio.

With --beside a second process applies messages to a record of its own at full speed meanwhile, on whatever core is free;
with --applying the record is written in the same process, by what is being taken.

    python bench/intake.py [--connections 64] [--messages 20000] [--rounds 5] [--beside | --applying] [--json FILE]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tabard.database import connect
from tabard.ground.errors import InternalError
from tabard.ground.ids import new_key
from tabard.ground.time import system_clock
from tabard.hl7v2 import Framer, wrap
from tabard.journal import Mark, Waiting
from tabard.link import Links, LinkSettings, add_link
from tabard.wiring import applier_of

FILLER = "OBX|1|TX|NOTE^Free text||" + "Synthetic text of no meaning, to the size of a usual admission. " * 20
BODY = (
    "EVN|A01|20260301120000\r"
    "PID|1||{number}^^^RXX~9990000018^^^NHS||SURNAME^GIVEN^^^MR||19500101|1|||1 ROAD^^TOWN^^AB1 2CD\r"
    "PV1|1|I|^WARD1^BED1^RXX01|21|||C1234567^DOCTOR^A|||100|||||||||{number}^^^VISITID\r" + FILLER + "\r"
)
BATCH = 64
LIMIT_BYTES = 10 * 1024 * 1024


def message(number: int) -> bytes:
    """A synthetic admission of about 1.6 KB with a control id of its own."""
    head = f"MSH|^~\\&|LORENZO|RXX|ROUTE|ROUTE|20260301120000||ADT^A01^ADT_A01|{number:010d}|P|2.4|||||GBR|UNICODE UTF-8|EN||ITKv1.0\r"
    return (head + BODY.format(number=number)).encode()


class BareLoop(asyncio.Protocol):
    """What the real listener is measured against: it reads nothing of a message and remembers nothing."""

    ANSWER = wrap(b"MSH|^~\\&|ROUTE|ROUTE|LORENZO|RXX|20260301120000||ACK^A01^ACK|T1|P|2.4\rMSA|AA|{}\r")

    def __init__(self, commits: "BareCommits") -> None:
        self._commits = commits
        self._framer = Framer(LIMIT_BYTES)
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect the frames."""
        frames = self._framer.feed(data)
        if frames:
            self._commits.take(self, frames)


class BareCommits:
    """Group commit of the bare loop: one transaction a turn."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._connection = connect(path)
        self._connection.execute("CREATE TABLE message (seq INTEGER PRIMARY KEY, raw BLOB)")
        self._cursor = self._connection.cursor()
        self._loop = loop
        self._pending: list[tuple[BareLoop, Sequence[Any]]] = []

    def take(self, sender: BareLoop, frames: Sequence[Any]) -> None:
        """Commit `frames` at the next turn."""
        if not self._pending:
            self._loop.call_soon(self._flush)
        self._pending.append((sender, frames))

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        self._cursor.execute("BEGIN IMMEDIATE")
        for _, frames in pending:
            for frame in frames:
                self._cursor.execute("INSERT INTO message (raw) VALUES (?)", (frame,))
        self._cursor.execute("COMMIT")
        for sender, frames in pending:
            sender.transport.write(BareLoop.ANSWER * len(frames))


class Client(asyncio.Protocol):
    """One connection of the client: sends, waits for the answer, checks it, sends the next."""

    def __init__(self, numbers: range, times: list[float], *, is_bare: bool) -> None:
        self._messages = iter([(number, wrap(message(number))) for number in numbers])
        self._times = times
        self._is_bare = is_bare
        self._framer = Framer(LIMIT_BYTES)
        self._sent_at = 0.0
        self._expected = b""
        self._transport: Any = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to send."""
        self._transport = transport

    def send_next(self) -> None:
        """Send the next message, or be done."""
        number, framed = next(self._messages, (0, b""))
        if not framed:
            self._transport.close()
            self.done.set_result(None)
            return
        self._expected = b"MSA|AA|{}\r" if self._is_bare else b"MSA|AA|%010d\r" % number
        self._sent_at = time.perf_counter()
        self._transport.write(framed)

    def data_received(self, data: bytes) -> None:
        """The answer: it must be AA for the message that was sent."""
        for frame in self._framer.feed(data):
            self._times.append(time.perf_counter() - self._sent_at)
            assert isinstance(frame, bytes)
            assert frame.endswith(self._expected), frame
            self.send_next()


async def _drive(port: int, connections: int, messages: int, *, is_bare: bool) -> dict[str, float]:
    loop, times = asyncio.get_running_loop(), list[float]()
    each = messages // connections
    clients = []
    for number in range(connections):
        numbers = range(number * each, (number + 1) * each)
        _, client = await loop.create_connection(partial(Client, numbers, times, is_bare=is_bare), "127.0.0.1", port)
        clients.append(client)
    began = time.perf_counter()
    for client in clients:
        client.send_next()
    await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - began
    assert len(times) == each * connections
    times.sort()
    return {
        "per_s": len(times) / took,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[len(times) * 99 // 100] * 1000,
    }


def client_process(port: int, connections: int, messages: int, is_bare: bool, pipe: Pipe) -> None:  # noqa: FBT001  called by multiprocessing
    """The client, on the second core where there is one."""
    _pin(1)
    pipe.send(asyncio.run(_drive(port, connections, messages, is_bare=is_bare)))


def _pin(core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[core]})


def bare_process(folder: str, pipe: Pipe) -> None:
    """The bare loop, until told to stop."""
    _pin(0)

    async def live() -> None:
        loop = asyncio.get_running_loop()
        commits = BareCommits(Path(folder) / "bare.db", loop)
        server = await loop.create_server(lambda: BareLoop(commits), "127.0.0.1", 0, backlog=128)
        pipe.send((server.sockets[0].getsockname()[1], time.process_time()))
        await loop.run_in_executor(None, pipe.recv)
        pipe.send(time.process_time())
        server.close()

    asyncio.run(live())


class NothingApplied:
    """An applier that leaves every message waiting, so that intake alone is measured; it is asked again each second."""

    def apply(self, messages: Sequence[Waiting]) -> Sequence[Mark]:
        """Refuse."""
        raise InternalError("nothing is applied here", got=f"{len(messages)} messages")

    def close(self) -> None:
        """Nothing to let go of."""


def real_process(folder: str, pipe: Pipe, applying: bool) -> None:  # noqa: FBT001  called by multiprocessing
    """The service of the links, until told to stop."""
    _pin(0)
    place = Path(folder)
    add_link(place, LinkSettings("bench", "itk-2.4", 0))
    into_record = applier_of(place, place / "record.db", new_key(), system_clock)
    links = Links(place, into_record if applying else NothingApplied, system_clock)
    links.start()
    pipe.send((links.addresses()["bench"][1], time.process_time()))
    pipe.recv()
    pipe.send(time.process_time())
    links.stop()


def applying_process(folder: str, pipe: Pipe) -> None:
    """A record written at full speed, until told to stop; how many messages were applied a second."""
    place, now = Path(folder), system_clock()
    add_link(place, LinkSettings("beside", "itk-2.4", 0))
    applier = applier_of(place, place / "record.db", new_key(), system_clock)()
    pipe.send("ready")
    began, done = time.perf_counter(), 0
    while not pipe.poll():
        numbers = range(done + 1, done + 1 + BATCH)
        applier.apply([Waiting(number, "beside", now, message(number)) for number in numbers])
        done += BATCH
    pipe.send(done / (time.perf_counter() - began))
    applier.close()


@contextmanager
def beside(options: argparse.Namespace, applied: list[float]) -> Iterator[None]:
    """With the second process, where that is asked for."""
    if not options.beside:
        yield
        return
    context = multiprocessing.get_context("spawn")
    with TemporaryDirectory(dir=options.dir) as folder:
        ours, theirs = context.Pipe()
        process = context.Process(target=applying_process, args=(folder, theirs))
        process.start()
        ours.recv()
        yield
        ours.send(None)
        applied.append(ours.recv())
        process.join()


def measure(
    serve: Callable[..., None], arguments: tuple[Any, ...], options: argparse.Namespace, *, is_bare: bool
) -> dict[str, float]:
    """One round: a fresh folder, a server process, a client process."""
    context = multiprocessing.get_context("spawn")
    with TemporaryDirectory(dir=options.dir) as folder:
        ours, theirs = context.Pipe()
        server = context.Process(target=serve, args=(folder, theirs, *arguments))
        server.start()
        port, cpu_s = ours.recv()
        figures, out = context.Pipe()
        client = context.Process(
            target=client_process, args=(port, options.connections, options.messages, is_bare, out)
        )
        client.start()
        while not figures.poll(0.1):
            assert client.is_alive(), "the client failed"
        result: dict[str, float] = figures.recv()
        client.join()
        ours.send(None)
        result["cpu_us"] = (ours.recv() - cpu_s) / options.messages * 1e6
        server.join()
        return result


def main() -> int:
    """Measure, alternating, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--applying", action="store_true", help="while the record is written in the same process")
    parser.add_argument("--beside", action="store_true", help="while a record is written in another process")
    parser.add_argument("--dir", default=None, help="where the databases are made (default: the temporary folder)")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    rounds: dict[str, list[dict[str, float]]] = {"bare": [], "real": []}
    applied: list[float] = []
    for _ in range(options.rounds):
        rounds["bare"].append(measure(bare_process, (), options, is_bare=True))
        with beside(options, applied):
            rounds["real"].append(measure(real_process, (options.applying,), options, is_bare=False))
    medians = {
        name: {key: statistics.median(figures[key] for figures in several) for key in several[0]}
        for name, several in rounds.items()
    }
    ratio = medians["real"]["per_s"] / medians["bare"]["per_s"]
    print(
        f"MLLP intake, {options.connections} connections, {len(message(1))} bytes, synchronous=FULL, medians of {options.rounds}"
    )
    for name, figures in medians.items():
        spread = ", ".join(f"{one['per_s']:.0f}" for one in rounds[name])
        print(
            f"  {name}: {figures['per_s']:8.0f} msg/s   p50 {figures['p50_ms']:6.2f} ms   p99 {figures['p99_ms']:6.2f} ms   CPU {figures['cpu_us']:5.1f} us   ({spread})"
        )
    target = "" if options.applying else f" (target: at least {45 if options.beside else 85}%)"
    print(f"  ratio: {ratio:.0%}{target}")
    if applied:
        print(f"  applied beside it: {statistics.median(applied):.0f} msg/s")
    if options.json:
        options.json.write_text(json.dumps({"medians": medians, "ratio": ratio, "rounds": rounds}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
