"""One sender's connection: bytes to frames, frames to the intake, answers back, and limits on what it may hold up."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Protocol, cast

import structlog

from tabard.hl7v2 import FaultReason, Framer, FramingFault
from tabard.journal import AckState
from tabard.link.intake import Intake
from tabard.link.settings import LinkSettings

_log = structlog.get_logger("tabard.link")

BUFFER_BYTES = 64 * 1024
"""How many bytes of unread acknowledgements are held before no more is read from their sender."""


class Roster(Protocol):
    """Where connections of a link are known."""

    def admit(self, connection: "Connection", certificate: Mapping[str, object] | None) -> str | None:
        """Count one more; why it is turned away instead."""
        ...

    def is_too_much_junk(self, address: str) -> bool:
        """Count a piece of junk of an address; whether it is one too many."""
        ...

    def hold(self, connection: "Connection", number: int) -> None:
        """How many bytes a frame that has not ended holds."""
        ...

    def leave(self, connection: "Connection") -> None:
        """Count it no more."""
        ...


class Connection(asyncio.Protocol):
    """The protocol of one connection; see `tabard.link.listener` for who watches its times."""

    def __init__(self, settings: LinkSettings, intake: Intake, roster: Roster, loop: asyncio.AbstractEventLoop) -> None:
        self.link = settings.name
        self.peer = self.address = ""
        self._settings = settings
        self._intake = intake
        self._roster = roster
        self._loop = loop
        self._framer = Framer(settings.limit_bytes)
        self._transport: asyncio.Transport | None = None
        self._inside_since: float | None = None
        self._stalled_since: float | None = None
        self._unanswered = 0
        self._is_ending = False
        self._is_broken = False
        self._is_gone = False
        self._held_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A sender connected; it is turned away when there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        self.address = name[0] if isinstance(name, tuple) else ""
        self.peer = _address(name)
        if why := self._roster.admit(self, transport.get_extra_info("peercert")):
            _log.warning("turned away", why=why, link=self.link, peer=self.peer)
            self._is_ending = True
            self._transport.abort()
            return
        _prepare(transport.get_extra_info("socket"))
        self._transport.set_write_buffer_limits(high=BUFFER_BYTES)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._is_ending:
            return
        items = self._framer.feed(data)
        if self._inside_since is not None or self._framer.is_inside:
            self._go_on_inside(data, items)
        if items:
            self._take(items)

    def _go_on_inside(self, data: bytes, items: list[bytes | FramingFault]) -> None:
        """A frame did not end with this piece, or ended that began before it."""
        if not self._framer.is_inside:
            self._inside_since, self._held_bytes = None, 0
        elif items or self._inside_since is None:
            self._inside_since, self._held_bytes = self._loop.time(), len(data)
        else:
            self._held_bytes = min(self._held_bytes + len(data), self._settings.limit_bytes)
        self._roster.hold(self, self._held_bytes)

    def eof_received(self) -> bool:
        """The sender will send no more; what it sent is answered before the connection is closed."""
        self.end()
        return True

    def connection_lost(self, fault: Exception | None) -> None:
        """The connection is gone; a frame that it left unfinished is journaled."""
        self.end()
        self._is_gone = True
        self._roster.leave(self)
        if fault is not None:
            self._is_broken = True
            _log.info("connection lost", link=self.link, peer=self.peer, fault=type(fault).__name__)

    def pause_writing(self) -> None:
        """The sender leaves its acknowledgements unread: nothing more is read from it until it takes them."""
        self._stalled_since = self._loop.time()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The sender reads again."""
        self._stalled_since = self._loop.time() if self._is_ending else None
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def answer(self, frames: bytes, *, later: int = 0) -> None:
        """Send acknowledgements of one piece taken; after the last one an ending connection is closed."""
        self._unanswered += later - 1
        if self._is_ending or self._transport is None or self._transport.is_closing():
            self._write_last(frames)
        elif frames:
            self._transport.write(frames)

    def answer_later(self, frame: bytes) -> None:
        """Send an acknowledgement that had to wait for its message to be applied."""
        self.answer(frame)

    def delivery(self) -> AckState:
        """How what was answered so far fares."""
        transport = self._transport
        if self._is_broken or transport is None:
            return AckState.undelivered
        # One that is closing may have failed to write: that is told when it is gone.
        is_open = self._is_gone or not transport.is_closing()
        return AckState.delivered if is_open and not transport.get_write_buffer_size() else AckState.pending

    def abort(self) -> None:
        """Close now, whatever is unanswered."""
        if self._transport is not None:
            self._is_broken |= bool(self._transport.get_write_buffer_size())
            self._transport.abort()

    def watch(self, now: float) -> None:
        """Called now and then with the loop's time: end what holds a frame or its acknowledgements for too long."""
        before = now - self._settings.frame_timeout_s
        if self._stalled_since is not None and self._stalled_since < before:
            _log.warning("cut off: acknowledgements are not read", link=self.link, peer=self.peer)
            self.abort()
        elif self._inside_since is not None and self._inside_since < before:
            _log.warning("closed: a frame did not end in time", link=self.link, peer=self.peer)
            self.end()

    def end(self) -> None:
        """Take no more; journal a frame left unfinished; close when all is answered."""
        if self._is_ending:
            return
        self._is_ending, self._inside_since = True, None
        if self._held_bytes:
            self._held_bytes = 0
            self._roster.hold(self, 0)
        if self._stalled_since is None:
            self._stalled_since = self._loop.time()  # the last answers, too, must be read in time
        fault = self._framer.finish()
        if fault is not None:
            self._take([fault])
        elif not self._unanswered and self._transport is not None:
            self._transport.close()

    def _write_last(self, frames: bytes) -> None:
        """Answers to one that sends no more; after the last of them it is closed."""
        if self._transport is None or self._transport.is_closing():
            self._is_broken |= bool(frames)
            return
        if frames:
            self._transport.write(frames)
        if not self._unanswered:
            self._transport.close()

    def _take(self, items: list[bytes | FramingFault]) -> None:
        self._unanswered += 1
        if len(items) == 1 and isinstance(items[0], bytes):
            self._intake.take(self, items)
            return
        kept = self._within_patience(items)
        self._intake.take(self, kept)
        if len(kept) < len(items) and not self._is_ending:
            _log.warning("closed: too much junk", link=self.link, peer=self.peer)
            self.end()

    def _within_patience(self, items: list[bytes | FramingFault]) -> list[bytes | FramingFault]:
        """The items before the piece of junk that is one too many. What comes after it is not answered, so not lost."""
        for index, item in enumerate(items):
            is_junk = isinstance(item, FramingFault) and item.reason is not FaultReason.too_large
            if is_junk and self._roster.is_too_much_junk(self.address):
                return items[:index]
        return items


def _prepare(sock: socket.socket) -> None:
    """A half-dead peer is found out, and the kernel holds no more unread acknowledgements than we would."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)


def _address(name: object) -> str:
    if isinstance(name, tuple):
        return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
    return "unknown"
