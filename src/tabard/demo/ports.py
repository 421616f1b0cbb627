"""Free ports: the usual one where it is free, else the next."""

import errno
import socket
from typing import NamedTuple

from tabard.ground.errors import CallerError

_TRIES = 50


class Ports(NamedTuple):
    """A port for each thing of the demo that listens."""

    store: int = 8300
    elsewhere: int = 8400
    millpond: int = 8500
    lorenzo: int = 2575
    millennium: int = 2675
    fhir: int = 8600


_USUAL = Ports()


def free_ports(usual: Ports = _USUAL) -> Ports:
    """The usual ports, or for each that is taken the next one free. Raises CallerError after fifty taken ones."""
    return Ports(*map(free_port, usual))


def free_port(usual: int) -> int:
    """The first free TCP port of this machine's loopback, from `usual` on. Raises CallerError after fifty taken ones."""
    for port in range(usual, usual + _TRIES):
        if _is_free(port):
            return port
    raise CallerError(
        "no port is free",
        expected=f"one of {usual} to {usual + _TRIES - 1} on 127.0.0.1",
        remedy="stop what listens there",
    )


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError as fault:
            if fault.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True
