"""What the intake's edge tests share: synthetic messages, a raw peer on a socket, and links that run with a fake applier."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tabard.ground.time import system_clock
from tabard.hl7v2 import Framer, parse, wrap
from tabard.journal import JournalReader, Mark, Outcome, State, Waiting
from tabard.link import Links, LinkSettings, add_link, list_links

TIMEOUT_S = 30.0
SURNAME = b"SECRETNAME"


def message(
    control_id: str, *, person: int = 1, line: int = 1, time: str = "20260301120000", event: str = "ADT^A31^ADT_A05"
) -> bytes:
    """A person's details as an ITK sender writes them; `line` is the number of the house."""
    return (
        f"MSH|^~\\&|LORENZO|RXX|ROUTE|ROUTE|{time}||{event}|{control_id}|P|2.4|||||GBR|UNICODE UTF-8|EN||ITKv1.0\r"
        "EVN||20260301115900||||20260301115900\r"
        f"PID|1||M{person:06d}^^^RXX||{SURNAME.decode()}^GIVEN^^^^^L||19500101|1|||{line} ROAD^^TOWN^^AB1 2CD^^H\r"
    ).encode()


class CountingApplier:
    """Stands for the real applier: marks everything applied and counts how often each number was given to it."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def apply(self, messages: Sequence[Waiting]) -> Sequence[Mark]:
        """All applied."""
        self.given += [one.seq for one in messages]
        return [Mark(one.seq, Outcome(State.applied), system_clock()) for one in messages]

    def close(self) -> None:
        """Nothing to let go of."""


class Peer:
    """One connection to a link, of which every byte is ours to choose."""

    def __init__(self, address: tuple[str, int], *, receive_bytes: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(TIMEOUT_S)
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise
        self._framer = Framer(1024 * 1024)
        self._answers: list[bytes] = []
        self.sent = 0

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def send_for_ever(self, make: Callable[[int], bytes]) -> None:
        """Send what `make` makes of 0, 1, 2, ... until that fails; `sent` counts."""
        while True:
            self.send(make(self.sent))
            self.sent += 1

    def answer(self) -> bytes:
        """The next acknowledgement, unframed. Raises EOFError when the connection ends first."""
        while not self._answers:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self._answers += [frame for frame in self._framer.feed(data) if isinstance(frame, bytes)]
        return self._answers.pop(0)

    def ask(self, raw: bytes) -> tuple[str, str]:
        """Send a message; MSA-1 and MSA-2 of the answer."""
        self.send(wrap(raw))
        return told(self.answer())

    def is_closed(self) -> bool:
        """Whether the other side has closed, having sent no more."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def told(answer: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2."""
    msa = parse(answer).first("MSA")
    assert msa is not None
    return msa.field(1).raw, msa.field(2).raw


class Served:
    """Running links of one folder, and peers connected to the first of them."""

    def __init__(self, folder: Path, links: Links, applier: CountingApplier) -> None:
        self.folder = folder
        self.links = links
        self.applier = applier
        self._peers: list[Peer] = []

    @property
    def address(self) -> tuple[str, int]:
        """Where the link listens."""
        return next(iter(self.links.addresses().values()))

    def peer(self, *, receive_bytes: int | None = None) -> Peer:
        """A new connection."""
        peer = Peer(self.address, receive_bytes=receive_bytes)
        self._peers.append(peer)
        return peer

    def reader(self) -> JournalReader:
        """The journal."""
        return JournalReader(self.folder / "journal.db")

    def in_loop(self, act: Callable[[], None]) -> None:
        """Do something in the intake's own thread, and wait until it is done."""
        loop, done = self.links._taking._loop, threading.Event()
        assert loop is not None
        loop.call_soon_threadsafe(act)
        loop.call_soon_threadsafe(done.set)
        assert done.wait(TIMEOUT_S)

    def hang_up(self) -> None:
        """Close all peers."""
        for peer in self._peers:
            peer.close()


@contextmanager
def served(folder: Path, *, applier: CountingApplier | None = None, **limits: object) -> Iterator[Served]:
    """Links of `folder` (a link `lorenzo` is added when there is none), running."""
    if not list_links(folder):
        add_link(folder, replace(LinkSettings("lorenzo", "itk-2.4", 0), **limits))  # type: ignore[arg-type]  # a test's shorthand
    applier = applier or CountingApplier()
    links = Links(folder, lambda: applier, system_clock)
    links.start()
    running = Served(folder, links, applier)
    try:
        yield running
    finally:
        running.hang_up()
        links.stop()
