"""One call to a host outside: by HTTPS, to the address that was checked, bounded in size and time, redirects not followed."""

import http.client
import socket
import ssl
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from tabard.gateway.egress.addresses import Resolve, address_of, system_resolve
from tabard.gateway.errors import Refused
from tabard.ground.authorities import authorities

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_SENT = frozenset(
    {"accept", "accept-language", "content-type", "if-match", "if-modified-since", "if-none-match", "idempotency-key"}
)
"""Headers of the product that go out as they are; `tabard-egress-authorization` goes out as `authorization`."""

_TAKEN = frozenset({"content-type", "etag", "last-modified", "retry-after", "content-language"})
"""Headers of the answer that come in. No cookie, and no word about caches, frames or other origins."""

_AUTHORIZATION = "tabard-egress-authorization"
_REDIRECTS = range(300, 400)
_NOT_MODIFIED = 304
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one call may take: bytes each way, and seconds in all."""

    request_bytes: int = 1 << 20
    answer_bytes: int = 5 << 20
    seconds: float = 20


class Outgoing(NamedTuple):
    """What a product asks to have sent: `target` is path and query, as they came.

    `more` are headers that go out beside those of the list, and `is_plain` is HTTP without TLS: neither is ever a product's
    wish, but that of a part of the gateway which has judged them (notifications, whose subscriber named them).
    """

    method: str
    name: str
    port: int
    target: str
    headers: dict[str, str]
    body: bytes
    more: tuple[tuple[str, str], ...] = ()
    is_plain: bool = False


class Incoming(NamedTuple):
    """What was answered; headers are those that may come in."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Blocking. `internal` are hosts that may be inside; `trust` is whose certificates are believed (the system's by default)."""

    internal: frozenset[tuple[str, int]] = frozenset()
    bounds: Bounds = field(default_factory=Bounds)
    resolve: Resolve = system_resolve
    trust: ssl.SSLContext = field(default_factory=authorities)

    def locate(self, outgoing: Outgoing) -> str:
        """The address to call. Raises Refused (403, 502), before anything has left."""
        return address_of(outgoing.name, outgoing.port, self.internal, self.resolve)

    def call(self, outgoing: Outgoing, address: str) -> Incoming:
        """The answer. Raises Refused (502, 504) with what failed; nothing of the failed exchange is told."""
        connection = _Pinned(outgoing, address, self.bounds.seconds, self.trust)
        over = threading.Event()
        watch = threading.Timer(self.bounds.seconds, _cut, (connection, over))
        watch.daemon = True
        watch.start()
        try:
            incoming = self._exchange(connection, outgoing)
            if over.is_set():  # what was cut off looks like an end
                raise TimeoutError
        except Refused:
            raise
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise _failed(fault, is_over=over.is_set()) from fault
        finally:
            watch.cancel()
            connection.close()
        return incoming

    def _exchange(self, connection: "_Pinned", outgoing: Outgoing) -> Incoming:
        connection.request(outgoing.method, outgoing.target, outgoing.body or None, _headers(outgoing))
        with closing(connection.getresponse()) as answer:
            return self._read(answer)

    def _read(self, answer: http.client.HTTPResponse) -> Incoming:
        if answer.status in _REDIRECTS and answer.status != _NOT_MODIFIED:
            raise Refused(502, "transient", "redirect", "The host sent us elsewhere; nobody goes there.")
        read = bytearray()
        while chunk := answer.read(_CHUNK_BYTES):
            read += chunk
            if len(read) > self.bounds.answer_bytes:
                raise Refused(502, "too-long", "answer_too_long", "The host's answer is larger than may come in.")
        if answer.getheader("content-encoding", "identity").lower() != "identity":
            raise Refused(
                502, "not-supported", "encoding", "The host answered in an encoding that it was not asked for."
            )
        headers = tuple((name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.getheaders() if name.lower() in _TAKEN)  # fmt: skip
        return Incoming(answer.status, headers, bytes(read))


class _Pinned(http.client.HTTPSConnection):
    """Connects to one address, and asks the certificate for the name."""

    def __init__(self, outgoing: Outgoing, address: str, seconds: float, trust: ssl.SSLContext) -> None:
        super().__init__(outgoing.name, outgoing.port, timeout=seconds, context=trust)
        self._address = address
        self._trust = None if outgoing.is_plain else trust
        self.taken: socket.socket | None = None
        """The socket, also once its answer alone holds it."""

    def connect(self) -> None:
        """The one address, whatever the name leads to by now."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if self._trust is None:
            self.sock = self.taken = plain
            return
        self.sock = self.taken = self._trust.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False, suppress_ragged_eofs=False
        )
        self.sock.do_handshake()


def _headers(outgoing: Outgoing) -> dict[str, str]:
    sent = {name: value for name, value in outgoing.headers.items() if name in _SENT}
    if _AUTHORIZATION in outgoing.headers:
        sent["authorization"] = outgoing.headers[_AUTHORIZATION]
    return {
        **sent,
        **dict(outgoing.more),
        "accept-encoding": "identity",
        "user-agent": "tabard-egress",
        "connection": "close",
    }


def _cut(connection: _Pinned, over: threading.Event) -> None:
    """The time is up: however slowly the host goes on, nobody waits."""
    over.set()
    if connection.taken is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection.taken, socket.SHUT_RDWR)


def _failed(fault: Exception, *, is_over: bool) -> Refused:
    if is_over or isinstance(fault, TimeoutError):
        return Refused(504, "timeout", "timeout", "The host did not answer in time.")
    if isinstance(fault, ssl.SSLCertVerificationError):
        return Refused(502, "security", "certificate", "The host could not prove who it is.")
    return Refused(502, "transient", "unreachable", "The host could not be asked.")
