"""Answering: HTTP on the socket that the hospital hands over, in a few threads."""

import json
import os
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

from tabard_kit.errors import BadCall, Busy, NobodyListens, NotTaken
from tabard_kit.hooks import Services, services

_LISTENING_FD = 3
_THREADS = 4
_LARGEST_BYTES = 4 * 1024 * 1024
_TIMEOUT_S = 30.0
_PLACE, _TOLD = "/cds-services", "/notifications"

_Answer = tuple[int, dict[str, Any]]


def serve(of: Services = services) -> None:
    """Answer calls until the process is ended. The socket is the third open file, as systemd hands over sockets too.

    Source: sd_listen_fds(3).
    """
    with socket.socket(fileno=_LISTENING_FD) as listening:
        serve_on(listening, of, os.environ.get("TABARD_FHIR"))


def serve_on(listening: socket.socket, of: Services, fhir_socket: str | None) -> None:
    """Answer what comes on a listening socket, until it is closed."""
    with ThreadPoolExecutor(_THREADS) as threads:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            threads.submit(_answered, link, of, fhir_socket)


def _answered(link: socket.socket, of: Services, fhir_socket: str | None) -> None:
    """One connection, one call: the hospital opens one for each."""
    link.settimeout(_TIMEOUT_S)
    try:
        with link:
            _Handler(link, of, fhir_socket)
    except OSError:
        return  # the hospital waits no longer: nobody is there to be told


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, and answers it."""

    server_version, sys_version = "tabard-kit", ""

    def __init__(self, link: socket.socket, of: Services, fhir_socket: str | None) -> None:
        self._of = of
        self._fhir_socket = fhir_socket
        super().__init__(link, ("hospital", 0), None)  # type: ignore[arg-type]  # it asks nothing of a server

    def do_GET(self) -> None:
        """Discovery."""
        if self.path == _PLACE:
            self._give(200, self._of.discovery())
        else:
            self._give(404, {"error": "no such address"})

    def do_POST(self) -> None:
        """A call of a service, or a notification."""
        if self.path == _TOLD:
            self._read(self._heard)
            return
        place, _, id_ = self.path.rpartition("/")
        if place != _PLACE or id_ not in self._of.by_id:
            self._give(404, {"error": "no such service"})
            return
        self._read(partial(self._called, id_))

    def log_message(self, *told: Any) -> None:
        """Nothing: a request's line may lead to a patient."""

    def _read(self, answered: Callable[[Any], _Answer]) -> None:
        """Answer to the JSON that came."""
        try:
            told = json.loads(self._body())
        except BadCall as fault:
            self._give(400, {"error": str(fault)})
        except (ValueError, RecursionError):
            self._give(400, {"error": "a call is JSON"})
        else:
            self._give(*answered(told))

    def _heard(self, told: Any) -> _Answer:
        """Whatever is not 200 is told again, by and by."""
        try:
            self._of.listening.hear(told)
        except BadCall as fault:
            return 400, {"error": str(fault)}
        except NobodyListens:
            return 404, {"error": "nothing listens to that topic"}
        except Busy:
            return 503, {"error": "what was told before is still in hand"}
        except NotTaken as fault:
            print(f"{_TOLD}: {type(fault.__cause__).__name__}", file=sys.stderr)  # noqa: T201  by its kind alone: its words may hold a patient's
            return 500, {"error": "the notification was not taken"}
        return 200, {}

    def _called(self, id_: str, told: Any) -> _Answer:
        try:
            return 200, self._of.answer(id_, told, self._fhir_socket)
        except BadCall as fault:
            return 400, {"error": str(fault)}
        except Exception as fault:  # noqa: BLE001  whatever fails in a service, the hospital is told and the next call served
            print(f"{id_}: {type(fault).__name__}", file=sys.stderr)  # noqa: T201  by its kind alone: its words may hold a patient's
            return 500, {"error": "the service failed"}

    def _body(self) -> bytes:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _LARGEST_BYTES:
            raise BadCall("a call says how long it is, and is not longer than may be")
        return self.rfile.read(int(length))

    def _give(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)
