"""What keeping needs from outside: transactions of the record, and what a product may see."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tabard.fhir import Resource
from tabard.fhir.scopes import Letter
from tabard.gateway.model import Rights
from tabard.gateway.policy import Limit
from tabard.gateway.ports import Stored

Pairs = tuple[tuple[str, str], ...]


class KeepWriting(Protocol):
    """One transaction of the record; it sees its own writes."""

    def get(self, resource_type: str, resource_id: str) -> Resource | None:
        """The resource as it is now, None where there is none, or none any more."""

    def put(self, resource: Resource, source: str) -> Stored | None:
        """Keep it as its next version; None when it says what is already kept."""

    def delete(self, resource_type: str, resource_id: str, source: str) -> Stored | None:
        """Leave a tombstone as its next version; None when there is nothing to delete."""

    def note(self, kind: str, key: str, value: bytes | None) -> None:
        """Note `value` under `key`; None takes the note away."""

    def notes(self, kind: str, start: str = "", most: int | None = None) -> Sequence[tuple[str, bytes]]:
        """Keys and values of the notes whose key begins with `start`, in order of the keys."""


Keep = Callable[[], AbstractContextManager[KeepWriting]]
"""Opens a transaction: all of it is kept when it ends, nothing of it when an exception leaves it."""


class Sight(Protocol):
    """What a product may see, by the same policy as every reading. Each raises Refused."""

    def limit(self, rights: Rights, resource_type: str, letter: Letter) -> Limit:
        """What the context leaves of a type."""

    def matching(self, rights: Rights, resource_type: str, parameters: Pairs) -> Sequence[Stored]:
        """What matches and may be seen, two at most."""

    def may_reach(self, rights: Rights, resource_type: str, resource_id: str) -> bool:
        """Whether a resource is there and may be read."""

    def current(self, resource_type: str, resource_id: str) -> Stored | None:
        """The resource as last committed, also one that is no more."""
