"""Listening for one link: its port, its connections, and the watch over them."""

import asyncio
import errno
import ssl
from collections.abc import Mapping
from contextlib import suppress

import structlog

from tabard.ground.errors import CallerError
from tabard.link.connection import Connection
from tabard.link.feeds import Feeds
from tabard.link.intake import Intake
from tabard.link.peers import Held, Junk, is_allowed, is_named
from tabard.link.settings import LinkSettings

_WATCH_EVERY_S = 1.0
_BACKLOG = 128
_LAST_ANSWERS_S = 2.0
_HANDSHAKE_S = 5.0
_log = structlog.get_logger("tabard.link")


class Listener:
    """One link's open port. All in the loop's thread."""

    def __init__(
        self,
        settings: LinkSettings,
        intake: Intake,
        feeds: Feeds,
        loop: asyncio.AbstractEventLoop,
        *,
        held: Held,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._held = held
        self._tls = tls
        self._junk = Junk()
        self._shaking_hands: dict[Connection, float] = {}
        self._intake = intake
        self._feeds = feeds
        self._loop = loop
        self._server: asyncio.Server | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._connections: set[Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def open(self) -> tuple[str, int]:
        """Listen, and return the address. Raises CallerError when that cannot be had."""
        settings = self._settings
        try:
            self._server = await self._loop.create_server(
                self._connection,
                settings.host,
                settings.port,
                backlog=_BACKLOG,
                ssl=self._tls,
                ssl_handshake_timeout=None if self._tls is None else _HANDSHAKE_S,
            )
        except OSError as fault:
            raise CallerError(
                "the port of a link cannot be listened on",
                where=f"link {settings.name}",
                got=f"{settings.host}:{settings.port}, {errno.errorcode.get(fault.errno or 0, 'unknown')}",
                remedy="stop what uses it, or give the link another port in its settings",
            ) from fault
        self._watch_all()
        host, port = self._server.sockets[0].getsockname()[:2]
        return str(host), int(port)

    async def close(self) -> None:
        """Take no new connections, and no more on those that are open; what came is answered, then they are closed."""
        if self._watch is not None:
            self._watch.cancel()
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.end()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_ANSWERS_S):
                await self._empty.wait()
        for connection in tuple(self._connections):
            connection.abort()

    def admit(self, connection: Connection, certificate: Mapping[str, object] | None) -> str | None:
        """Count one more connection; why it is turned away, which is counted too."""
        self._shaking_hands.pop(connection, None)
        settings = self._settings
        if not is_allowed(connection.address, settings.peers):
            return self._refuse("address not allowed")
        if settings.tls is not None and not is_named(certificate, settings.tls.client_names):
            return self._refuse("certificate name not allowed")
        if len(self._connections) >= settings.max_connections:
            self._feeds.turned_away(settings.name)
            return "too many connections"
        self._connections.add(connection)
        self._empty.clear()
        self._feeds.connected(settings.name, len(self._connections))
        return None

    def is_too_much_junk(self, address: str) -> bool:
        """Count a piece of junk of an address, whatever connections it made for it; whether it is one too many."""
        return self._junk.is_too_much(address, self._loop.time())

    def hold(self, connection: Connection, number: int) -> None:
        """Count what a frame that has not ended holds; where all hold too much, the largest is given up."""
        largest = self._held.set(connection, number)
        if isinstance(largest, Connection):
            _log.warning("closed: unfinished messages hold too much memory", link=largest.link, peer=largest.peer)
            largest.end()

    def leave(self, connection: Connection) -> None:
        """Count a connection no more."""
        self._held.set(connection, 0)
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()
        self._feeds.connected(self._settings.name, len(self._connections))

    def _connection(self) -> Connection:
        made = Connection(self._settings, self._intake, self, self._loop)
        if self._tls is not None:
            self._shaking_hands[made] = self._loop.time()
        return made

    def _refuse(self, why: str) -> str:
        self._feeds.refused_peer(self._settings.name)
        return why

    def _watch_all(self) -> None:
        now = self._loop.time()
        for connection, since in tuple(self._shaking_hands.items()):
            if since < now - _HANDSHAKE_S - _WATCH_EVERY_S:
                del self._shaking_hands[connection]
                _log.warning(
                    "turned away", why=self._refuse("no TLS, or no certificate of the authority"), link=connection.link
                )
        for connection in tuple(self._connections):
            connection.watch(now)
        self._watch = self._loop.call_later(_WATCH_EVERY_S, self._watch_all)
