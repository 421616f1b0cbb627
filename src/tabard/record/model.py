"""What the record answers with: stored versions, pages, changes."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from tabard.fhir import Resource, decode


class Stored(msgspec.Struct, frozen=True):
    """One version of a resource; `body` is its JSON with `meta.versionId`, `lastUpdated` and `source` in it.

    `source` is the link that it came by; `updated` is exact to the millisecond, as the body tells it. The version by which
    a resource was deleted has an empty body.
    """

    type: str
    id: str
    version: int
    updated: datetime
    body: bytes
    source: str

    def __repr__(self) -> str:
        return f"Stored({self.type}/{self.id}, version {self.version})"  # a log must never show the body

    @property
    def is_deleted(self) -> bool:
        """Whether this version says that the resource is deleted."""
        return not self.body

    def resource(self) -> Resource:
        """The body as a dict of the caller's own. Raises NotJson for a version that says that it is deleted."""
        return decode(self.body)


class Page(msgspec.Struct, frozen=True):
    """One page of a search: what matched, what `_include` brought along, the cursor of the next page, how many match in all."""

    matches: tuple[Stored, ...]
    included: tuple[Stored, ...]
    next: str | None
    total: int | None


class Scanned(NamedTuple):
    """A resource met on the way through all of a type; `key` is its place on that way."""

    key: int
    stored: Stored


class Change(msgspec.Struct, frozen=True):
    """One write, in order of `seq`, which never goes back."""

    seq: int
    type: str
    id: str
    version: int
    at: datetime
