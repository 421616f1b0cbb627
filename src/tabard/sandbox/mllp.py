"""The pretend record system's own end of an MLLP line: one message out, one acknowledgement back.

Source: HL7 MLLP release 1 (VT before, FS CR after); HL7 2.4, 2.9.2 for what an acknowledgement says.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from types import TracebackType
from typing import Self

_BEFORE, _AFTER = b"\x0b", b"\x1c\r"
_CHUNK_BYTES = 65536
_MOST_BYTES = 1_000_000


class Answer(Enum):
    """What the receiver said: it has it, it will never take it, or it cannot just now."""

    taken = "taken"
    refused = "refused"
    not_now = "not now"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """MSA-1 and MSA-2 of an answer, and MSA-3 for people."""

    code: str
    control_id: str
    text: str

    @property
    def answer(self) -> Answer:
        """What the code means: AA and CA are taken, AR and CR refused; anything else means try again."""
        if self.code in {"AA", "CA"}:
            return Answer.taken
        return Answer.refused if self.code in {"AR", "CR"} else Answer.not_now


class LineDown(OSError):  # noqa: N818  the word a sender uses
    """No line, or no whole answer on it: the message may or may not have arrived, so it is sent again."""


class Line:
    """One TCP connection at a time to HOST:PORT, opened when first needed and again after a fault."""

    def __init__(self, host: str, port: int, *, timeout_s: float = 10.0) -> None:
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._socket: socket.socket | None = None
        self._heard, self._stray = b"", 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def exchange(self, message: bytes) -> Acknowledgement:
        """Send one message and wait for its acknowledgement. Raises LineDown, after which the line is closed."""
        return self._guarded(lambda: self._talk(_BEFORE + message + _AFTER))

    def send_half(self, message: bytes) -> None:
        """Send the beginning of a message and hang up in the middle of it. Raises LineDown where there is no line."""
        frame = _BEFORE + message + _AFTER
        self._send(frame[: len(frame) // 2])
        self.close()

    def send_unheard(self, message: bytes) -> None:
        """Send a message and hang up without reading what is answered. Raises LineDown where there is no line."""
        self._send(_BEFORE + message + _AFTER)
        self.close()

    def give_up_waiting(self, message: bytes) -> None:
        """Send a message and read nothing: its acknowledgement will stand before that of the next. Raises LineDown."""
        self._send(_BEFORE + message + _AFTER)
        self._stray += 1

    def exchange_slowly(self, message: bytes, pause: Callable[[], object], pieces: int = 5) -> Acknowledgement:
        """As `exchange`, the message in so many pieces with a pause between each two. Raises LineDown."""
        frame = _BEFORE + message + _AFTER
        cuts = [len(frame) * n // pieces for n in range(pieces)]
        for start, end in pairwise(cuts):
            self._send(frame[start:end])
            pause()
        return self._guarded(lambda: self._talk(frame[cuts[-1] :]))

    def close(self) -> None:
        """Hang up; the next exchange dials again."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._heard, self._stray = b"", 0

    def _guarded(self, talk: Callable[[], Acknowledgement]) -> Acknowledgement:
        try:
            return talk()
        except OSError as fault:
            self.close()
            raise LineDown(str(fault)) from fault

    def _talk(self, data: bytes) -> Acknowledgement:
        self._dialled().sendall(data)
        while self._stray:
            self._stray -= 1
            self._hear()
        return self._hear()

    def _send(self, data: bytes) -> None:
        try:
            self._dialled().sendall(data)
        except OSError as fault:
            self.close()
            raise LineDown(str(fault)) from fault

    def _dialled(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _hear(self) -> Acknowledgement:
        """The next whole acknowledgement on the line; what comes after it is kept."""
        line = self._dialled()
        while _AFTER not in self._heard:
            chunk = line.recv(_CHUNK_BYTES)
            if not chunk or len(self._heard) > _MOST_BYTES:
                raise LineDown("the receiver hung up, or talked on, before a whole acknowledgement")
            self._heard += chunk
        heard, _, self._heard = self._heard.partition(_AFTER)
        return _read(heard)


def _read(heard: bytes) -> Acknowledgement:
    for segment in heard.removeprefix(_BEFORE).decode(errors="replace").split("\r"):
        if segment.startswith("MSA|"):
            code, control_id, text = f"{segment}||".split("|")[1:4]
            return Acknowledgement(code, control_id, text)
    raise LineDown("the receiver answered without an MSA segment")
