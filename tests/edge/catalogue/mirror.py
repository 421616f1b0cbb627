"""A mirror that hands on a catalogue, as it is or as an attacker likes it: a folder, or a web server on loopback."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

Answer = Callable[[BinaryIO], None]


@dataclass(slots=True)
class Mirror:
    """Serves `folder` at `source`. A path in `answers` is answered by the function there, byte by byte."""

    folder: Path
    source: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)

    def copy(self, public: Path) -> None:
        """Hand on the catalogue as it is now."""
        theirs = {path.relative_to(public): path.read_bytes() for path in public.rglob("*") if path.is_file()}
        for path in self.folder.rglob("*"):
            if path.is_file() and path.relative_to(self.folder) not in theirs:
                path.unlink()
        for name, content in theirs.items():
            path = self.folder / name
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def file(self, pattern: str) -> Path:
        """The file of the highest version that matches."""
        return max(self.folder.glob(pattern), key=lambda path: int(path.name.partition(".")[0]))

    def serve(self, path: str, stream: BinaryIO) -> None:
        """Write the whole answer to a GET of this path."""
        self.asked.append(path)
        file = self.folder / path
        if path in self.answers:
            self.answers[path](stream)
        elif file.is_file():
            raw = file.read_bytes()
            stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw)
        else:
            stream.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def a_web_mirror(folder: Path) -> Iterator[Mirror]:
    """A mirror on a free port of loopback, until the context is left."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                mirror.serve(self.path.removeprefix("/catalogue/"), self.wfile)  # type: ignore[arg-type]  # a writable stream
            except OSError:
                self.close_connection = True  # the site hung up, as it should

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        mirror = Mirror(folder, f"http://127.0.0.1:{server.server_port}/catalogue")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mirror
        finally:
            mirror.is_over.set()
            server.shutdown()
            thread.join()
