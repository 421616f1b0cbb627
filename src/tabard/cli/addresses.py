"""HOST:PORT as it is typed."""

from tabard.ground.errors import CallerError

_PORTS = range(1, 65536)


def host_and_port(text: str, where: str) -> tuple[str, int]:
    """The two of `127.0.0.1:2575` or `[::1]:2575`. Raises CallerError, naming `where` on the command line it stood."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) not in _PORTS:
        raise CallerError(
            "this is not an address",
            where=where,
            expected="HOST:PORT, such as 127.0.0.1:2575",
            got=text,
            remedy="name the host and the port that a link listens on (`tabard link list`)",
        )
    return host.strip("[]"), int(port)
