"""One open connection to a destination: frames out, frames in, and when it broke."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import cast

from tabard.hl7v2 import Framer, FramingFault, wrap
from tabard.link.out.destination import Destination
from tabard.link.out.model import OutReason

_ANSWER_LIMIT_BYTES = 1024 * 1024
_LOOK_EVERY_S = 0.01
_LOOKS = 100

Heard = Callable[[bytes | FramingFault], None]


class NotConnected(Exception):  # noqa: N818  says what is so
    """The destination was not reached, for `reason`."""

    def __init__(self, reason: OutReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class ConnectionBroke(Exception):  # noqa: N818  says what is so
    """The connection is no more; `is_not_trusted`: because one side does not take the other's certificate."""

    def __init__(self, *, is_not_trusted: bool) -> None:
        super().__init__()
        self.is_not_trusted = is_not_trusted


Lost = Callable[["Line", ConnectionBroke], None]


class Line(asyncio.Protocol):
    """The protocol of one connection. `heard` is called with each frame or fault, `lost` when it is no more."""

    def __init__(self, heard: Heard, lost: Lost) -> None:
        self._heard = heard
        self._lost = lost
        self._framer = Framer(_ANSWER_LIMIT_BYTES)
        self._transport: asyncio.Transport | None = None
        self._broke: ConnectionBroke | None = None

    @property
    def broke(self) -> ConnectionBroke | None:
        """How it ended; None while it has not."""
        return self._broke

    @property
    def is_tried(self) -> bool:
        """Whether the other side has shown that it takes our certificate, or has nothing to judge us by.

        In TLS 1.3 it judges after the handshake is over for us; a session ticket is the first that comes of its approval.
        """
        told = None if self._transport is None else self._transport.get_extra_info("ssl_object")
        return told is None or told.version() != "TLSv1.3" or (told.session is not None and told.session.has_ticket)

    @property
    def is_open(self) -> bool:
        """Whether a message may be given to it."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The destination answered the call."""
        self._transport = cast("asyncio.Transport", transport)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        """Bytes came. What comes after the line was closed counts no more."""
        for item in self._framer.feed(data):
            if not self.is_open:
                return
            self._heard(item)

    def eof_received(self) -> bool:
        """The destination will say no more: so nothing more is said to it."""
        return False

    def connection_lost(self, fault: Exception | None) -> None:
        """It is gone. In TLS 1.3 a receiver that does not take our certificate says so only now."""
        self._transport = None
        self._broke = ConnectionBroke(is_not_trusted=isinstance(fault, ssl.SSLError))
        self._lost(self, self._broke)

    def send(self, message: bytes) -> None:
        """Give a message to the network, framed."""
        if self._transport is not None:
            self._transport.write(wrap(message))

    def abort(self) -> None:
        """Close now; what the destination says later goes nowhere."""
        if self._transport is not None:
            self._transport.abort()


async def open_line(destination: Destination, context: ssl.SSLContext | None, heard: Heard, lost: Lost) -> Line:
    """A connection to `destination`, TLS spoken where it has it. Raises NotConnected."""
    loop = asyncio.get_running_loop()
    tls = destination.tls
    name = None if tls is None else tls.server_name or destination.host
    line = Line(heard, lost)
    try:
        async with asyncio.timeout(destination.connect_timeout_s):
            await loop.create_connection(
                lambda: line, destination.host, destination.port, ssl=context, server_hostname=name
            )
    except ssl.SSLError as fault:
        raise NotConnected(OutReason.not_trusted) from fault
    except (OSError, UnicodeError) as fault:  # a timeout is an OSError; a host's name that no resolver takes, the other
        raise NotConnected(OutReason.cannot_connect) from fault
    await _try_out(line)
    return line


async def _try_out(line: Line) -> None:
    """Wait until the other side takes us, for a second: it may give no sign. Who refuses us must not have heard a message."""
    for _ in range(_LOOKS):
        if line.is_tried or not line.is_open:
            break
        await asyncio.sleep(_LOOK_EVERY_S)
    if not line.is_open:
        is_refusal = line.broke is not None and line.broke.is_not_trusted
        raise NotConnected(OutReason.not_trusted if is_refusal else OutReason.cannot_connect)
