"""Endpoints on this machine: one takes notifications and keeps what it got, one never answers, one sends elsewhere."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

_WAIT_S = 90


class Listener:
    """What came to an endpoint, and how it answers: `is_open` unset, it answers nobody."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.is_open = Event()
        self.is_open.set()
        self.status = 200
        self.location = ""
        self.came = Condition()

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        """One notification came."""
        with self.came:
            self.bodies.append(json.loads(body))
            self.headers.append(headers)
            self.came.notify_all()

    def wait(self, count: int) -> list[dict[str, Any]]:
        """All that came, once there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.bodies) >= count, _WAIT_S), f"{len(self.bodies)} came"
            return list(self.bodies)

    def wait_for_events(self, count: int) -> list[tuple[int, str | None]]:
        """Numbers and references of the events that came, once there are so many different ones."""
        with self.came:
            assert self.came.wait_for(lambda: len({number for number, _ in self.events()}) >= count, _WAIT_S)
            return self.events()

    def events(self) -> list[tuple[int, str | None]]:
        """Numbers and references of the events that came, in order."""
        found = []
        for body in self.bodies:
            for one in body["entry"][0]["resource"]["parameter"]:
                parts = {part["name"]: part for part in one.get("part", ())}
                if parts:
                    focus = parts["focus"]["valueReference"]["reference"] if "focus" in parts else None
                    found.append((int(parts["event-number"]["valueString"]), focus))
        return found


@contextmanager
def listening(listener: Listener, pem: Path | None = None) -> Iterator[int]:
    """The endpoint on a port of this machine, over TLS where there is a certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            listener.take(body, {name.lower(): value for name, value in self.headers.items()})
            if not listener.is_open.wait(_WAIT_S):
                return
            self.send_response(listener.status)
            if listener.location:
                self.send_header("location", listener.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Who waits no longer is gone."""

    server = Server(("127.0.0.1", 0), Handler)
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        listener.is_open.set()
        server.shutdown()
        thread.join()
        server.server_close()
