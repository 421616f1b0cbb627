"""To which addresses a name may lead: those of the world outside, and none of ours.

A name is resolved once and the connection made to what it led to then: a name that leads elsewhere a moment later (DNS
rebinding) leads nowhere. Source: IANA IPv4 and IPv6 Special-Purpose Address Registries, as `ipaddress` has them.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from tabard.gateway.errors import Refused

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses that a name leads to. Raises OSError."""

_NAT64 = IPv6Network("64:ff9b::/96")


def system_resolve(name: str, port: int) -> Sequence[str]:
    """As this machine resolves."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def address_of(name: str, port: int, internal: frozenset[tuple[str, int]], resolve: Resolve) -> str:
    """The address to connect to. Raises Refused (502, 403): where one address is inside, none is taken."""
    try:
        found = resolve(name, port)
    except (OSError, UnicodeError) as fault:
        raise Refused(502, "transient", "unresolved", "This host's name leads nowhere now.") from fault
    if not found:
        raise Refused(502, "transient", "unresolved", "This host's name leads nowhere now.")
    if (name, port) not in internal and not all(map(is_outside, found)):
        raise Refused(403, "forbidden", "inside", "This host's name leads to an address that is not outside.")
    return found[0]


def is_outside(address: str) -> bool:
    """Whether an address is one of the public internet."""
    try:
        told = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return told.is_global and not (told.is_multicast or told.is_reserved or _is_dressed(told))


def _is_dressed(told: IPv4Address | IPv6Address) -> bool:
    """Whether an IPv6 address stands for an IPv4 one (mapped, 6to4, Teredo, NAT64), which might be one of ours: none is taken."""
    if isinstance(told, IPv4Address):
        return False
    return bool(told.ipv4_mapped or told.sixtofour or told.teredo) or told in _NAT64
