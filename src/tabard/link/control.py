"""Asking a hospital that is being served: a socket in its folder which only its own user may open.

One question a connection: a line of JSON, `{"verb": ..., "with": {...}}`, answered by `{"told": ...}` or `{"error": {...}}`.
Whoever may open it may write the hospital's files as well, so it asks for no further proof of who is there.
"""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingMixIn, UnixStreamServer
from threading import Thread
from typing import Any

import msgspec
import structlog

from tabard.ground.errors import CallerError, InternalError, TabardError

_log = structlog.get_logger("tabard.link")

SOCKET_FILE = "control.sock"
_LINE_BYTES = 64 << 20
_ANSWER_S = 120.0
"""How long one question may take."""

_QUESTION_S = 10.0
_POLL_S = 0.2

Verb = Callable[..., Any]
"""Takes what was sent along by name; what it gives must be fit for JSON. Called in a thread of its own."""


class Control:
    """Answers questions to a hospital that is being served, from `start` to `stop`."""

    def __init__(self, folder: Path, verbs: Mapping[str, Verb]) -> None:
        self._folder = folder
        self._verbs = verbs
        self._server: _Server | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        """Listen. The caller holds the folder: a socket that lies there is nobody's."""
        (self._folder / SOCKET_FILE).unlink(missing_ok=True)
        with _short(self._folder) as path:
            self._server = _Server(path, self._verbs)
        (self._folder / SOCKET_FILE).chmod(0o600)
        run = self._server.serve_forever
        self._thread = Thread(target=run, kwargs={"poll_interval": _POLL_S}, name="tabard-control", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer what is in hand, and no more."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            (self._folder / SOCKET_FILE).unlink(missing_ok=True)


def ask(folder: Path, verb: str, **sent: Any) -> Any:
    """Have the process that serves the hospital in `folder` do something; what it gives.

    Raises CallerError where none answers there, and the error that the verb raised.
    """
    question = msgspec.json.encode({"verb": verb, "with": sent}) + b"\n"
    try:
        with socket.socket(socket.AF_UNIX) as line, _short(folder) as path:
            line.settimeout(_ANSWER_S)
            line.connect(path)
            line.sendall(question)
            with line.makefile("rb") as answers:
                told = msgspec.json.decode(answers.readline())
    except (OSError, msgspec.DecodeError) as fault:
        raise CallerError(
            "the hospital's folder is in use, and who uses it does not answer",
            where=str(folder / SOCKET_FILE),
            got=type(fault).__name__,
            remedy="wait until it has started or stopped, then try again",
        ) from fault
    if "error" in told:
        kind = InternalError if told["error"].pop("is_ours") else CallerError
        raise kind(**told["error"])
    return told["told"]


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, path: str, verbs: Mapping[str, Verb]) -> None:
        super().__init__(path, _Question)
        self.verbs = verbs


class _Question(StreamRequestHandler):
    timeout = _QUESTION_S
    server: _Server

    def handle(self) -> None:
        with suppress(OSError):  # who asked has gone: what was asked for is done all the same
            told = _answered(self.server.verbs, self.rfile.readline(_LINE_BYTES))
            self.wfile.write(msgspec.json.encode(told) + b"\n")


def _answered(verbs: Mapping[str, Verb], line: bytes) -> dict[str, Any]:
    try:
        question = msgspec.json.decode(line)
        return {"told": verbs[question["verb"]](**question["with"])}
    except TabardError as fault:
        return _error(fault)
    except (msgspec.DecodeError, KeyError, TypeError) as fault:
        return _error(CallerError("this is no question that is answered here", got=type(fault).__name__))
    except Exception as fault:  # noqa: BLE001  told to who asked by its kind alone: its text may quote a patient
        _log.error("a question failed", fault=type(fault).__name__)
        return _error(InternalError("Tabard failed on this", got=type(fault).__name__, remedy="report it"))


def _error(fault: TabardError) -> dict[str, Any]:
    told = {name: getattr(fault, name) for name in ("message", "where", "expected", "got", "remedy")}
    return {"error": {**told, "is_ours": isinstance(fault, InternalError)}}


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """The socket's path by way of an open folder: a path of its own may be longer than a socket's name can be."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        through = Path(f"/proc/self/fd/{handle}")
        yield str((through if through.exists() else folder) / SOCKET_FILE)
    finally:
        os.close(handle)
