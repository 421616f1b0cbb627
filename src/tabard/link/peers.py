"""Who may send: addresses and certificate names allowed, junk counted for each peer, and what unfinished frames may hold in all."""

import ssl
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path

from tabard.ground.errors import CallerError
from tabard.link.settings import LinkSettings, TlsSettings

MAX_JUNK = 100
"""After so many pieces of junk, or frames begun and never ended, a peer is closed: no sender of messages talks there."""

HELD_BYTES = 128 * 1024 * 1024
"""What frames that have not ended yet may hold in all; at least two of the largest always have room."""

_FORGIVEN_S = 3600.0
_PEERS = 1024


class Junk:
    """How much junk each address brought of late, whatever connections it made for it. Bounded in the addresses it knows."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def is_too_much(self, address: str, now: float) -> bool:
        """Count one more piece; whether it is one too many."""
        count, since = self._known.pop(address, (0, now))
        if now - since > _FORGIVEN_S:
            count, since = 0, now
        self._known[address] = (count + 1, since)
        while len(self._known) > _PEERS:
            self._known.popitem(last=False)
        return count >= MAX_JUNK


class Held:
    """How many bytes the frames that have not ended yet hold, by who holds them. `most` is what all may hold together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_holder: dict[object, int] = {}
        self._sum = 0

    def set(self, holder: object, number: int) -> object | None:
        """`holder` holds `number` bytes now; who must let go, where all hold too much: the one that holds most."""
        self._sum += number - self._by_holder.pop(holder, 0)
        if number:
            self._by_holder[holder] = number
        return max(self._by_holder, key=self._by_holder.__getitem__) if self._sum > self._most else None


def held_of(settings: Iterable[LinkSettings]) -> Held:
    """The bound for all links together."""
    return Held(max([HELD_BYTES, *(2 * one.limit_bytes for one in settings)]))


def is_allowed(address: str, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of `networks` (CIDR, or single addresses); with none given, all do."""
    if not networks:
        return True
    try:
        known = ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    mapped = getattr(known, "ipv4_mapped", None) or known
    return any(mapped in ip_network(one) for one in networks)


def is_named(certificate: Mapping[str, object] | None, names: Sequence[str]) -> bool:
    """Whether a peer's certificate (as `ssl` gives it) has one of `names` as a DNS name; with none given, all do.

    The common name counts only where there is no DNS name. Source: RFC 6125, 6.4.4.
    """
    if not names:
        return True
    return bool(_names_of(certificate or {}).intersection(names))


def _names_of(certificate: Mapping[str, object]) -> set[str]:
    subject, others = certificate.get("subject", ()), certificate.get("subjectAltName", ())
    found = {value for kind, value in others if kind == "DNS"} if isinstance(others, tuple) else set()
    if found or not isinstance(subject, tuple):
        return found
    return {value for part in subject for kind, value in part if kind == "commonName"}


def tls_of(keys: Path, settings: TlsSettings | None, link: str) -> ssl.SSLContext | None:
    """What a link's listener speaks TLS by; None where it does not. Raises CallerError when a file cannot be used."""
    if settings is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(keys / settings.certificate, keys / settings.key)
        if settings.client_authority:
            context.load_verify_locations(keys / settings.client_authority)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as fault:
        raise CallerError(
            "the certificate of a link cannot be used",
            where=f"link {link}, {keys}",
            got=type(fault).__name__,
            remedy="see that tls.certificate, tls.key and tls.client_authority name PEM files in the hospital's keys/ folder that belong together",
        ) from fault
    return context
