"""The hospital's end of the sockets that lead out of the sandboxes: on each, one product is served, and nobody else.

Who asks is known by the socket: it lies in that product's sandbox alone. That the other end is a process of the product's
own user is asked of the kernel as well, once a connection. Source: unix(7), SO_PEERCRED.
"""

import asyncio
import os
import socket
import struct
import threading
from asyncio import AbstractEventLoop, Transport, run_coroutine_threadsafe
from concurrent.futures import Future
from pathlib import Path
from typing import cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tabard.runner.calling import short

_CREDENTIALS = struct.Struct("3i")
_BACKLOG = 64
_MOST_AT_ONCE = 32
_CLOSING_S = 5.0


def listening(path: Path, uid: int | None) -> socket.socket:
    """A listening socket at `path`, in place of what is there, that the product's user alone may connect to."""
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    try:
        with short(path) as name:
            made.bind(name)
        path.chmod(0o600)
        if uid is not None:
            os.chown(path, uid, uid)
        made.listen(_BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


class Doors:
    """Serves applications on sockets, each for one user, in a thread of its own."""

    def __init__(self) -> None:
        self._loop: AbstractEventLoop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="part-doors", daemon=True)
        self._thread.start()
        self._open: dict[Path, tuple[uvicorn.Server, socket.socket, Future[None]]] = {}

    def open(self, path: Path, app: ASGIApp, uid: int | None) -> None:
        """Serve `app` at `path` to processes of `uid` (None: of our own user) until it is closed."""
        self.close(path)
        heard = listening(path, uid)
        config = uvicorn.Config(
            app,
            http=_checking(os.geteuid() if uid is None else uid),
            loop="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_graceful_shutdown=int(_CLOSING_S),
        )
        server = uvicorn.Server(config)
        self._open[path] = (server, heard, run_coroutine_threadsafe(_served(server, heard), self._loop))

    def close(self, path: Path) -> None:
        """Serve nobody at `path` any more; what is in hand is finished."""
        found = self._open.pop(path, None)
        if found is None:
            return
        server, heard, done = found
        server.should_exit = True
        try:
            done.result(_CLOSING_S * 2)
        finally:
            heard.close()
            path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Close them all, and end the thread."""
        for path in tuple(self._open):
            self.close(path)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSING_S)
        self._loop.close()


async def _served(server: uvicorn.Server, heard: socket.socket) -> None:
    await server.serve(sockets=[heard])


def _checking(uid: int) -> type[asyncio.Protocol]:
    """HTTP for processes of one user; whoever else connects is hung up on before a byte is read."""

    class Checking(HttpToolsProtocol):
        """A connection, once its other end is known."""

        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as the base has it
            peer = transport.get_extra_info("socket")
            raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            if _CREDENTIALS.unpack(raw)[1] != uid:
                transport.abort()
                return
            super().connection_made(transport)

    return cast("type[asyncio.Protocol]", Checking)
