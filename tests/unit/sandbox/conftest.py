"""A receiver on loopback that answers as it is told to, for the pretend Lorenzo to talk to."""

import socketserver
from collections.abc import Iterator
from threading import Thread

import pytest


class Receiver(socketserver.ThreadingTCPServer):
    """Keeps every message; `answers` says how to treat the next ones (`AA` when it runs out, `cut` hangs up)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.heard: list[bytes] = []
        self.answers: list[str] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: Receiver

    def handle(self) -> None:
        """Answer message after message until told to hang up."""
        while True:
            frame = b""
            while not frame.endswith(b"\x1c\r"):
                byte = self.rfile.read(1)
                if not byte:
                    return
                frame += byte
            message = frame[1:-2]
            self.server.heard.append(message)
            answer = self.server.answers.pop(0) if self.server.answers else "AA"
            if answer == "cut":
                return
            control_id = message.split(b"|")[9].decode()
            told = answer.partition(" ")[2] or control_id
            code = answer.partition(" ")[0]
            self.wfile.write(f"\x0bMSH|^~\\&|A|B|C|D|20260101||ACK|1|P|2.4\rMSA|{code}|{told}\r\x1c\r".encode())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
