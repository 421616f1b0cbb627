"""A connection: whether what was answered has left."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from tabard.hl7v2 import FramingFault, wrap
from tabard.journal import AckState
from tabard.link import LinkSettings
from tabard.link.connection import Connection


class Transport(asyncio.Transport):
    """Takes what is written and lets go of nothing until told."""

    def __init__(self) -> None:
        super().__init__()
        self.buffered = 0
        self.is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep the number."""
        self.buffered += len(data)

    def get_write_buffer_size(self) -> int:
        """What has not left."""
        return self.buffered

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """None here."""

    def is_closing(self) -> bool:
        """Whether it was aborted."""
        return self.is_aborted

    def close(self) -> None:
        """When all has left."""

    def abort(self) -> None:
        """At once."""
        self.is_aborted = True
        self.buffered = 0

    def get_extra_info(self, name: str, default: object = None) -> object:
        """An address, and a socket that takes every option."""
        return {"peername": ("192.0.2.1", 9), "socket": Socket()}.get(name, default)


class Socket:
    """Takes every option."""

    def setsockopt(self, *_: int) -> None:
        """Nothing."""


class Loop(asyncio.AbstractEventLoop):
    """Has a time."""

    def time(self) -> float:
        """Always the same."""
        return 0.0


class Roster:
    """Lets everybody in."""

    def admit(self, connection: Connection, certificate: Mapping[str, object] | None) -> str | None:
        """Always."""
        del connection, certificate
        return None

    def is_too_much_junk(self, address: str) -> bool:
        """Never."""
        del address
        return False

    def hold(self, connection: Connection, number: int) -> None:
        """Nothing."""

    def leave(self, connection: Connection) -> None:
        """Nothing."""


class Taken:
    """Keeps what is taken."""

    def take(self, sender: object, items: Sequence[bytes | FramingFault]) -> None:
        """Nothing."""


@pytest.fixture
def answered() -> tuple[Connection, Transport]:
    """A connection whose one message was answered, the answer not having left."""
    connection = Connection(LinkSettings("lorenzo", "itk-2.4", 0), Taken(), Roster(), Loop())  # type: ignore[arg-type, abstract]  # stand-ins
    transport = Transport()
    connection.connection_made(transport)
    connection.data_received(wrap(b"MSH|..."))
    connection.answer(b"ACK")
    return connection, transport


def test_an_answer_is_pending_until_it_left(answered: tuple[Connection, Transport]) -> None:
    """What the network has not taken is pending; once it has, delivered."""
    connection, transport = answered
    assert connection.delivery() is AckState.pending
    transport.buffered = 0
    assert connection.delivery() is AckState.delivered


@pytest.mark.parametrize("fault", [ConnectionResetError(), BrokenPipeError()])
def test_an_answer_lost_with_its_connection_is_undelivered(
    answered: tuple[Connection, Transport], fault: Exception
) -> None:
    """A connection that broke before the answer was known to have left leaves it undelivered."""
    connection, transport = answered
    transport.abort()
    connection.connection_lost(fault)
    assert connection.delivery() is AckState.undelivered


def test_an_answer_given_up_with_its_reader_is_undelivered(answered: tuple[Connection, Transport]) -> None:
    """Who is cut off for not reading has not got what still lay here."""
    connection, _ = answered
    connection.abort()
    connection.connection_lost(None)
    assert connection.delivery() is AckState.undelivered
