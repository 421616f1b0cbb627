"""One web server of this process: its port had first, its end when it is told to."""

import os
import signal
import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from tabard.ground.errors import CallerError

_HOST = "127.0.0.1"
_GRACE_S = 5


def server_of(app: ASGIApp) -> uvicorn.Server:
    """A web server that ends when it is told to, and only then."""
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = uvicorn.Server(config)
    _stop_when_told(server)
    return server


def listening(port: int, settings: str) -> socket.socket:
    """The web port, had before any message is taken; `settings` is the file that names it."""
    try:
        return socket.create_server((_HOST, port))
    except OSError as fault:
        raise CallerError(
            "the web port cannot be had",
            where=f"{_HOST}:{port}",
            got=os.strerror(fault.errno or 0),
            remedy=f"stop what listens there, or set another port in {settings}",
        ) from fault


def _stop_when_told(server: uvicorn.Server) -> None:
    """Make SIGINT and SIGTERM end the serving and nothing more.

    The server raises them again once it has stopped; the usual handlers would then end the process before links and
    audit are closed.
    """

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        server.should_exit = True

    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, stop)
