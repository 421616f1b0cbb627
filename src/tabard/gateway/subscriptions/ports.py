"""What subscriptions need from outside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from tabard.gateway.ports import Stored, Versioned


class Write(Versioned, Protocol):
    """One write of the record, in order of `seq`."""

    @property
    def seq(self) -> int:
        """Its number, which never goes back."""

    @property
    def at(self) -> datetime:
        """When."""


class Sourced(Stored, Protocol):
    """A version that says by whom it came."""

    @property
    def source(self) -> str:
        """The link, or for what a product wrote a URN of that."""


class Feed(Protocol):
    """The record's own writes, durable and in order. Safe from any thread."""

    def changes(self, after: int, limit: int, /) -> Sequence[Write]:
        """At most `limit` writes later than the write numbered `after`, in order."""

    def last_change(self) -> int:
        """The number of the last write."""

    def read_version(self, resource_type: str, resource_id: str, version: int, /) -> Sourced | None:
        """One version, None when there is none."""


class Sockets(Protocol):
    """The servers of installed products."""

    def has_server(self, client: str, /) -> bool:
        """Whether a live product of that id has a server."""

    def post(self, client: str, path: str, body: bytes, timeout_s: float, /) -> int:
        """The status that the product's server answers. Blocking. Raises PeerError or ProductError where none comes."""


class NoSockets:
    """A hospital none of whose products has a server."""

    def has_server(self, client: str, /) -> bool:
        """None has."""
        del client
        return False

    def post(self, client: str, path: str, body: bytes, timeout_s: float, /) -> int:
        """Never called, as none has."""
        raise NotImplementedError(f"{client} {path} {len(body)} {timeout_s}")


Spawn = Callable[[Callable[[], None], str], None]
"""Has something done beside, under a name."""
