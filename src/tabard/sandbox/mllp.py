"""The pretend record system's own end of an MLLP line: one message out, one acknowledgement back.

Source: HL7 MLLP release 1 (VT before, FS CR after); HL7 2.4, 2.9.2 for what an acknowledgement says.
"""

import socket
from dataclasses import dataclass
from enum import Enum
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def exchange(self, message: bytes) -> Acknowledgement:
        """Send one message and wait for its acknowledgement. Raises LineDown, after which the line is closed."""
        try:
            return self._exchange(message)
        except OSError as fault:
            self.close()
            raise LineDown(str(fault)) from fault

    def close(self) -> None:
        """Hang up; the next exchange dials again."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _exchange(self, message: bytes) -> Acknowledgement:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(_BEFORE + message + _AFTER)
        heard = b""
        while _AFTER not in heard:
            chunk = self._socket.recv(_CHUNK_BYTES)
            if not chunk or len(heard) > _MOST_BYTES:
                raise LineDown("the receiver hung up, or talked on, before a whole acknowledgement")
            heard += chunk
        return _read(heard)


def _read(heard: bytes) -> Acknowledgement:
    for segment in heard.split(_AFTER)[0].removeprefix(_BEFORE).decode(errors="replace").split("\r"):
        if segment.startswith("MSA|"):
            code, control_id, text = f"{segment}||".split("|")[1:4]
            return Acknowledgement(code, control_id, text)
    raise LineDown("the receiver answered without an MSA segment")
