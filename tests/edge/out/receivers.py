"""Receivers to send to: each message that comes is handed to a script, which answers as it likes."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from typing import NamedTuple

from tabard.hl7v2 import AckCode, FieldValue, Framer, acknowledge, build, read_header, wrap
from tabard.link.out import Outbound, OutMessage, OutState

TIMEOUT_S = 60.0
SURNAME = "SECRETNAME"


def message(control_id: str, *, accept: str = "", application: str = "", value: str = "37.1") -> bytes:
    """A temperature of a synthetic patient, for a record system."""
    header: dict[int, FieldValue] = {
        3: "TABARD",
        4: "RXX",
        5: "EHR",
        6: "RXX",
        7: "20260301083000",
        9: ("ORU", "R01"),
        10: control_id,
        11: "P",
    }
    return build(
        [
            ("MSH", {**header, 12: "2.4", 15: accept, 16: application, 18: "UNICODE UTF-8"}),
            ("PID", {3: ("M000001", None, None, "RXX"), 5: (SURNAME, "Zoë")}),
            ("OBR", {1: "1", 4: ("TEMP", "Temperature", "L")}),
            ("OBX", {1: "1", 2: "NM", 3: ("TEMP", "Temperature", "L"), 5: value, 11: "F"}),
        ]
    )


def answer(raw: bytes, code: str, *, control_id: str | None = None, text: str = "") -> bytes:
    """The framed answer `code` to `raw`, or to the message `control_id`."""
    made = acknowledge(
        read_header(raw), AckCode(code), control_id="ACK1", at=datetime(2026, 3, 1, tzinfo=UTC), text=text
    )
    if control_id is not None:
        made = made.replace(b"|" + read_header(raw).control_id.encode(), b"|" + control_id.encode())
    return wrap(made)


class Call(NamedTuple):
    """One message as it came: on which connection (counted from 1), its bytes, and the socket to answer on."""

    connection: int
    raw: bytes
    socket: socket.socket

    @property
    def control_id(self) -> str:
        """Its MSH-10."""
        return read_header(self.raw).control_id

    def say(self, *frames: bytes) -> None:
        """Answer, if the other side still listens."""
        with suppress(OSError):
            self.socket.sendall(b"".join(frames))


Script = Callable[[Call], None]


class Receiver:
    """Listens on `port` (0: any), hands each message to `script`, and keeps all calls in order."""

    def __init__(self, script: Script, *, port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.calls: list[Call] = []
        self.came: Queue[Call] = Queue()
        self.connections = 0
        self._context = context
        self._sockets: list[socket.socket] = []
        self._serving: list[threading.Thread] = []
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def next(self) -> Call:
        """The next message that comes, or came and was not asked for yet."""
        return self.came.get(timeout=TIMEOUT_S)

    def close(self) -> None:
        """Hang up everything and listen no more."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(TIMEOUT_S)
        for thread in self._serving:  # no more come: nobody accepts
            while thread.is_alive():
                self._hang_up()
                thread.join(0.02)
        for each in self._sockets:
            each.close()

    def _hang_up(self) -> None:
        for each in list(self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._sockets.append(connection)
            self.connections += 1
            self._serving.append(threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True))
            self._serving[-1].start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._sockets.append(connection)
            framer = Framer(1 << 20)
            while data := connection.recv(65536):
                for item in framer.feed(data):
                    if not isinstance(item, bytes):
                        continue
                    call = Call(number, item, connection)
                    self.calls.append(call)
                    self.script(call)
                    self.came.put(call)


def accepting(call: Call) -> None:
    """Says AA to everything."""
    call.say(answer(call.raw, "AA"))


@contextmanager
def receiver(script: Script = accepting, *, port: int = 0, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver, closed at the end."""
    made = Receiver(script, port=port, context=context)
    try:
        yield made
    finally:
        made.close()


def destination(folder: Path, port: int, rest: str = "", *, name: str = "ehr", tls: str = "") -> None:
    """Write the settings of a destination that is patient and quick to try again."""
    (folder / "destinations").mkdir(exist_ok=True)
    keys = [line.split("=")[0].strip() for line in rest.splitlines()]
    pauses = {"first_pause_s": 0.01, "longest_pause_s": 0.05, "ack_timeout_s": TIMEOUT_S}
    own = [f"{key} = {value}" for key, value in pauses.items() if key not in keys]
    text = "\n".join(['host = "127.0.0.1"', f"port = {port}", *own, rest, tls])
    (folder / "destinations" / f"{name}.toml").write_text(text, "utf-8")


@contextmanager
def carrying(folder: Path) -> Iterator[Outbound]:
    """What the folder holds is carried, until the end."""
    outbound = Outbound(folder)
    try:
        outbound.start()
        yield outbound
    finally:
        outbound.stop()


def until(outbound: Outbound, number: int, *states: OutState) -> OutMessage:
    """The message when it is in one of `states`."""
    return when(outbound, number, lambda told: told.state in states)


def when(outbound: Outbound, number: int, is_so: Callable[[OutMessage], bool]) -> OutMessage:
    """The message when `is_so` of it."""
    waiting = threading.Event()
    told = outbound.entry(number)
    for _ in range(int(TIMEOUT_S / 0.01)):
        if is_so(told):
            return told
        waiting.wait(0.01)
        told = outbound.entry(number)
    raise AssertionError(f"it is {told.state}, {told.reason}")


def settled(outbound: Outbound, number: int) -> OutMessage:
    """The message when nothing more happens to it by itself."""
    return until(outbound, number, OutState.accepted, OutState.rejected, OutState.unclear)
