"""A change that a product wants of what it keeps, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from tabard.fhir import Resource
from tabard.fhir.scopes import Letter
from tabard.gateway.ports import Stored

Action = Literal["create", "update", "patch", "delete"]
LETTERS: Mapping[Action, Letter] = MappingProxyType({"create": "c", "update": "u", "patch": "u", "delete": "d"})
"""What a scope must hold for each."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. What is about patients is not in its repr.

    `id` is "" for what is new or named by `condition`: what a create asks whether it is there already, and what an update
    looks for. `version` is that which a change was made on (If-Match). `name` is the urn:uuid by which other changes of the
    same transaction refer to it; `place` is where it stands in a Bundle.
    """

    action: Action
    type: str
    id: str = ""
    resource: Resource | None = field(default=None, repr=False)
    patch: list[Any] | None = field(default=None, repr=False)
    version: int | None = None
    condition: Pairs | None = field(default=None, repr=False)
    name: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a change: the resource as it stands (of a deletion its tombstone, None where there is none to show)."""

    change: Change
    id: str
    stored: Stored | None
    is_new: bool = False
    is_changed: bool = True

    @property
    def reference(self) -> str:
        """Type and id."""
        return f"{self.change.type}/{self.id}"
