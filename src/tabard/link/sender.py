"""An MLLP client for trying out: sends messages one at a time, each after the answer to the one before, and keeps nothing.

What must arrive goes by `tabard.link.out`.
"""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

from tabard.ground.errors import PeerError
from tabard.hl7v2 import (
    Acknowledgement,
    Framer,
    FramingFault,
    Unreadable,
    read_acknowledgement,
    read_header,
    wrap,
)

TIMEOUT_S = 30.0
_ANSWER_LIMIT_BYTES = 1024 * 1024
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The acknowledgement of one message. `code` is MSA-1, `text` MSA-3; `is_for_it`: MSA-2 is the message's control id."""

    control_id: str
    code: str
    text: str
    is_for_it: bool
    raw: bytes

    @property
    def is_taken(self) -> bool:
        """Whether the peer took the message: received, not filed."""
        return self.is_for_it and self.code in {"AA", "CA"}


def send(messages: Iterable[bytes], host: str, port: int, *, timeout_s: float = TIMEOUT_S) -> Iterator[Answer]:
    """Send each message (unframed) over one connection and yield its answer; answers to others are passed over.

    A message without a readable control id gets whatever answer comes next. Raises PeerError when the peer cannot be
    reached, does not answer in time, closes, or answers with what is no acknowledgement.
    """
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            answers = _answers(connection)
            for message in messages:
                connection.settimeout(timeout_s)
                connection.sendall(wrap(message))
                yield _await(message, answers, connection, timeout_s)
    except OSError as fault:
        raise PeerError(
            "the peer could not be reached or did not answer",
            where=f"{host}:{port}",
            got=type(fault).__name__,
            remedy="see that it listens there and is not held up",
        ) from fault


def _await(message: bytes, answers: Iterator[bytes], connection: socket.socket, timeout_s: float) -> Answer:
    asked, until = _control_id(message), monotonic() + timeout_s
    while True:
        raw = next(answers)
        told = _read(raw)
        if asked in {None, told.control_id} or not told.control_id:
            is_for_it = asked in {None, told.control_id}
            return Answer(told.control_id, told.code.value, told.text, is_for_it, raw)
        connection.settimeout(max(until - monotonic(), 0.001))


def _answers(connection: socket.socket) -> Iterator[bytes]:
    framer = Framer(_ANSWER_LIMIT_BYTES)
    while data := connection.recv(_CHUNK_BYTES):
        for item in framer.feed(data):
            if isinstance(item, FramingFault):
                raise PeerError("the answer is not framed by MLLP", got=item.reason.value)
            yield item
    raise PeerError("the peer closed the connection without an answer", remedy="see the peer's own log")


def _read(raw: bytes) -> Acknowledgement:
    try:
        return read_acknowledgement(raw)
    except Unreadable as fault:
        raise PeerError("the answer is no acknowledgement", where=fault.where, expected=fault.expected) from fault


def _control_id(message: bytes) -> str | None:
    """None where the message has none that can be read: any answer is then the answer."""
    try:
        return read_header(message).control_id
    except Unreadable:
        return None
