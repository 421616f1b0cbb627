"""The server of a pretend system: one thread of its own, on loopback only."""

import os
import socket
from threading import Event as Flag, Thread

import uvicorn
from starlette.types import ASGIApp

from tabard.ground.errors import CallerError

_HOST = "127.0.0.1"
_START_S = 30.0


class _Ready(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = Flag()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


class Serving:
    """Has its port from the beginning, so that its address can be told before it answers."""

    def __init__(self, port: int, name: str) -> None:
        self._name = name
        try:
            self._socket = socket.create_server((_HOST, port))
        except OSError as fault:
            raise CallerError(
                f"the port of the {name} cannot be had",
                where=f"{_HOST}:{port}",
                got=os.strerror(fault.errno or 0),
                remedy="stop what listens there, or name another port",
            ) from fault
        self._server: _Ready | None = None
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def start(self, app: ASGIApp) -> None:
        """Answer from now on; comes back when it does."""
        config = uvicorn.Config(
            app, http="httptools", lifespan="off", access_log=False, log_config=None, ws="none", server_header=False
        )
        self._server = _Ready(config)
        self._thread = Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name=self._name.replace(" ", "-"), daemon=True
        )
        self._thread.start()
        self._server.listening.wait(_START_S)

    def cut(self, client: tuple[str, int]) -> None:
        """End the connection from that host and port at once, its answer unsaid."""
        connections = self._server.server_state.connections if self._server else set()
        for connection in tuple(connections):
            transport = getattr(connection, "transport", None)
            if transport is not None and getattr(connection, "client", None) == client:
                transport.abort()

    def close(self) -> None:
        """Stop answering and let the port go."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._socket.close()
