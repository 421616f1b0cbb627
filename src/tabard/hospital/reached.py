"""How a hospital's port is reached: by TLS of its own, by a proxy that ends TLS before it, or from this machine alone.

Source: NCSC, "Using TLS to protect data" (TLS 1.2 and above); RFC 7239 (what a proxy tells).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
_LISTEN, _TLS, _PROXY = "listen", "tls", "proxy"
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Tls:
    """The certificate (with its chain) and its private key, both PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Reached:
    """`listen` is the address of the port. `trusted` are the proxies that are believed; None where there is none."""

    listen: str = LOOPBACK
    tls: Tls | None = None
    trusted: tuple[Network, ...] | None = None


FROM_HERE = Reached()
"""This machine alone."""


def read_reached(told: Mapping[str, object], folder: Path) -> Reached:
    """From the tables of `hospital.toml`; file names are below `folder`. Raises KeyError, ValueError and TypeError."""
    tls, proxy = told.get(_TLS), told.get(_PROXY)
    return Reached(
        listen=str(ip_address(str(told.get(_LISTEN, LOOPBACK)))),
        tls=None if tls is None else Tls(folder / _text(tls, "certificate"), folder / _text(tls, "key")),
        trusted=None if proxy is None else tuple(_networks(proxy)),
    )


def faults_of(reached: Reached, base_url: str) -> Iterator[str]:
    """What cannot stand together."""
    is_tls = urlsplit(base_url).scheme == "https"
    if reached.tls is not None and reached.trusted is not None:
        yield "TLS ends here or at a proxy: [tls] or [proxy], not both"
    if (reached.tls is not None or reached.trusted is not None) and not is_tls:
        yield "with [tls] or [proxy] base_url begins with https"
    if not ip_address(reached.listen).is_loopback and reached.tls is None and reached.trusted is None:
        yield "other machines are let in by TLS alone: set [tls], or [proxy], or listen on 127.0.0.1"
    if reached.trusted is not None and (not reached.trusted or any(one.prefixlen == 0 for one in reached.trusted)):
        yield "proxy.trusted names the proxies, not everybody and not nobody"
    if reached.tls is not None:
        lacking = [path for path in (reached.tls.certificate, reached.tls.key) if not path.is_file()]
        yield from (f"{path} is not there" for path in lacking)


def _text(table: object, name: str) -> str:
    if not isinstance(table, Mapping):
        raise TypeError(name)
    return str(table[name])


def _networks(table: object) -> Iterator[Network]:
    told = table["trusted"] if isinstance(table, Mapping) else None
    if not isinstance(told, list):
        raise TypeError(_PROXY)
    yield from (ip_network(str(one), strict=True) for one in told)
