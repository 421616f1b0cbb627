"""An MLLP client: sends messages one at a time, each after the answer to the one before."""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tabard.ground.errors import PeerError
from tabard.hl7v2 import Framer, FramingFault, Unreadable, parse, read_header, wrap

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
        """Whether the peer took the message."""
        return self.is_for_it and self.code in {"AA", "CA"}


def send(messages: Iterable[bytes], host: str, port: int, *, timeout_s: float = TIMEOUT_S) -> Iterator[Answer]:
    """Send each message (unframed) over one connection and yield its answer.

    Raises PeerError when the peer cannot be reached, does not answer in time, closes, or answers with what is no
    acknowledgement.
    """
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            framer = Framer(_ANSWER_LIMIT_BYTES)
            for message in messages:
                connection.sendall(wrap(message))
                yield _answer(message, _receive(connection, framer))
    except OSError as fault:
        raise PeerError(
            "the peer could not be reached or did not answer",
            where=f"{host}:{port}",
            got=type(fault).__name__,
            remedy="see that it listens there and is not held up",
        ) from fault


def _receive(connection: socket.socket, framer: Framer) -> bytes:
    while data := connection.recv(_CHUNK_BYTES):
        for item in framer.feed(data):
            if isinstance(item, FramingFault):
                raise PeerError("the answer is not framed by MLLP", got=item.reason.value)
            return item
    raise PeerError("the peer closed the connection without an answer", remedy="see the peer's own log")


def _answer(message: bytes, raw: bytes) -> Answer:
    try:
        msa = parse(raw).first("MSA")
    except Unreadable as fault:
        raise PeerError("the answer cannot be read", where=fault.where, got=fault.message) from fault
    if msa is None:
        raise PeerError("the answer is no acknowledgement", expected="a segment MSA")
    asked, told = _control_id(message), msa.field(2).raw
    return Answer(told, msa.field(1).raw, msa.field(3).text, asked in {None, told}, raw)


def _control_id(message: bytes) -> str | None:
    """None where the message has none that can be read: any answer is then the answer."""
    try:
        return read_header(message).control_id
    except Unreadable:
        return None
