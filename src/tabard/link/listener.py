"""Listening for one link: its port, its connections, and the watch over them."""

import asyncio
import errno
from contextlib import suppress

from tabard.ground.errors import CallerError
from tabard.link.connection import Connection
from tabard.link.feeds import Feeds
from tabard.link.intake import Intake
from tabard.link.settings import LinkSettings

_WATCH_EVERY_S = 1.0
_BACKLOG = 128
_LAST_ANSWERS_S = 2.0


class Listener:
    """One link's open port. All in the loop's thread."""

    def __init__(self, settings: LinkSettings, intake: Intake, feeds: Feeds, loop: asyncio.AbstractEventLoop) -> None:
        self._settings = settings
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
                lambda: Connection(settings, self._intake, self, self._loop),
                settings.host,
                settings.port,
                backlog=_BACKLOG,
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

    def admit(self, connection: Connection) -> bool:
        """Count one more connection; False, and counted as turned away, when there are too many."""
        if len(self._connections) >= self._settings.max_connections:
            self._feeds.turned_away(self._settings.name)
            return False
        self._connections.add(connection)
        self._empty.clear()
        self._feeds.connected(self._settings.name, len(self._connections))
        return True

    def leave(self, connection: Connection) -> None:
        """Count a connection no more."""
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()
        self._feeds.connected(self._settings.name, len(self._connections))

    def _watch_all(self) -> None:
        now = self._loop.time()
        for connection in tuple(self._connections):
            connection.watch(now)
        self._watch = self._loop.call_later(_WATCH_EVERY_S, self._watch_all)
