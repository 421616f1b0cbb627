"""What asking products needs from outside."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from tabard.gateway.cds.model import Hook, Service


class Reply(NamedTuple):
    """What a product's server answered."""

    status: int
    body: bytes


class Services(Protocol):
    """The CDS services of the products that are installed and live here. Safe from any thread."""

    def of_hook(self, hook: Hook, /) -> Sequence[Service]:
        """Those that are asked at this moment."""

    def all(self) -> Sequence[Service]:
        """Every one."""

    def post(self, service: Service, path: str, body: bytes, headers: Mapping[str, str], timeout_s: float, /) -> Reply:
        """POST to the product's server. Blocking. Raises PeerError or ProductError where no answer comes in time."""
