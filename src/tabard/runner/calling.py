"""HTTP to a part over its Unix socket: one connection a call, a limit in time over the whole of it, a limit in size."""

import io
import os
import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from tabard.runner.errors import BadAnswer, PartDown, PartTooSlow
from tabard.runner.model import Answer

LARGEST_ANSWER_BYTES = 1024 * 1024
_LARGEST_HEAD_BYTES = 32 * 1024
_CHUNK_BYTES = 64 * 1024
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})


def call(
    path: Path,
    method: str,
    target: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    timeout_s: float,
    until: int | None = None,
) -> Answer:
    """What the part that listens at `path` answers.

    `until` is a file that becomes readable when the part has ended: nobody then waits for its answer. Raises PartTooSlow
    after `timeout_s` seconds in all, PartDown where it breaks off, BadAnswer for what is no answer or too much of one.
    """
    request = _request(method, target, body, headers or {})
    deadline = time.monotonic() + timeout_s
    with closing(socket.socket(socket.AF_UNIX)) as link, selectors.DefaultSelector() as selector:
        link.setblocking(False)
        _connect(link, path)
        selector.register(link, selectors.EVENT_READ | selectors.EVENT_WRITE)
        if until is not None:
            selector.register(until, selectors.EVENT_READ)
        try:
            _send(link, request, selector, deadline)
            selector.modify(link, selectors.EVENT_READ)
            raw = _receive(link, selector, deadline)
        except (ConnectionError, BrokenPipeError) as fault:
            raise PartDown("the product's server broke off", got=type(fault).__name__) from fault
    return _parsed(raw, method)


@contextmanager
def short(path: Path) -> Iterator[str]:
    """A name of a socket's that fits (a Unix socket's name is at most 107 bytes long), good while the context lasts."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _connect(link: socket.socket, path: Path) -> None:
    try:
        with short(path) as name:
            link.connect(name)
    except BlockingIOError as fault:
        raise PartTooSlow("too many wait for the product's server", remedy="ask again in a while") from fault
    except OSError as fault:
        raise PartDown("the product's server is not running", got=os.strerror(fault.errno or 0)) from fault


def _request(method: str, target: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    told = {"host": "part", "connection": "close", "content-length": str(len(body))} | {
        name.lower(): value for name, value in headers.items()
    }
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    is_plain = all(line.isprintable() and line.isascii() for line in lines)
    if method not in _METHODS or not target.startswith("/") or " " in target or not is_plain:
        raise ValueError("a request line or header that could be taken for something else")
    return "\r\n".join((*lines, "", "")).encode("ascii") + body


def _send(link: socket.socket, request: bytes, selector: selectors.BaseSelector, deadline: float) -> None:
    """Send it all. A part that answers before it has read all is listened to."""
    left = memoryview(request)
    while left:
        _wait(link, selector, deadline)
        try:
            left = left[link.send(left) :]
        except BlockingIOError:
            continue


def _receive(link: socket.socket, selector: selectors.BaseSelector, deadline: float) -> bytes:
    raw = bytearray()
    while True:
        _wait(link, selector, deadline)
        chunk = link.recv(_CHUNK_BYTES)
        if not chunk:
            return bytes(raw)
        raw += chunk
        if len(raw) > LARGEST_ANSWER_BYTES + _LARGEST_HEAD_BYTES:
            raise BadAnswer("the product's server answered too much", expected=f"{LARGEST_ANSWER_BYTES} bytes at most")


def _wait(link: socket.socket, selector: selectors.BaseSelector, deadline: float) -> None:
    """Until the link is ready. Raises PartTooSlow, and PartDown where the part has ended and left nothing to read."""
    ready = [key.fileobj for key, _ in selector.select(max(0.0, deadline - time.monotonic()))]
    if link in ready:
        return
    if ready:
        raise PartDown("the product's server ended")
    raise PartTooSlow("the product's server did not answer in time")


class _Read:
    """What was received, for the parser of the standard library."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, _mode: str) -> io.BytesIO:
        """The whole of it."""
        return io.BytesIO(self._raw)


def _parsed(raw: bytes, method: str) -> Answer:
    if not raw:
        raise PartDown("the product's server broke off without an answer")
    response = HTTPResponse(_Read(raw), method=method)  # type: ignore[arg-type]  # of a socket it uses makefile alone
    try:
        response.begin()
        body = response.read()
    except (HTTPException, ValueError, OSError) as fault:
        raise BadAnswer("the product's server answered what is no HTTP", got=type(fault).__name__) from fault
    if len(body) > LARGEST_ANSWER_BYTES:
        raise BadAnswer("the product's server answered too much", expected=f"{LARGEST_ANSWER_BYTES} bytes at most")
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)
