"""One web server of this process: its port had first, its end when it is told to."""

import os
import signal
import socket
import ssl
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from tabard.ground.errors import CallerError
from tabard.hospital import Tls

Secure = Callable[[], ssl.SSLContext]
"""Makes what TLS is spoken by."""

_HOST = "127.0.0.1"
_GRACE_S = 5


def server_of(app: ASGIApp, secure: Secure | None = None) -> uvicorn.Server:
    """A web server that ends when it is told to, and only then. What a proxy says of a request is not read here."""
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        ssl_context_factory=None if secure is None else lambda _config, _standard: secure(),
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = uvicorn.Server(config)
    _stop_when_told(server)
    return server


def secured(tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 and above with this certificate. Raises CallerError for files that do not go together.

    Source: RFC 9325, 3.1.1 and 4.2 (versions, and forward secrecy with authenticated encryption alone).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=_no_passphrase)
    except (ssl.SSLError, OSError, ValueError) as fault:
        raise CallerError(
            "TLS cannot be spoken with this certificate and key",
            where=f"{tls.certificate}, {tls.key}",
            expected="a PEM chain, and its unencrypted private key",
            got=getattr(fault, "reason", None) or type(fault).__name__,
            remedy="mend [tls] in hospital.toml",
        ) from fault
    return context


def _no_passphrase() -> str:
    raise ValueError("the key wants a passphrase")


def listening(port: int, settings: str, host: str = _HOST) -> socket.socket:
    """The web port, had before any message is taken; `settings` is the file that names it."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as fault:
        raise CallerError(
            "the web port cannot be had",
            where=f"{host}:{port}",
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
