"""What writing back asks of the world outside."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from tabard.fhir import Resource
from tabard.link.belongings import Notes
from tabard.link.writeback.echo import Record


class Stored(Protocol):
    """One version of a resource in the record."""

    @property
    def type(self) -> str:
        """Its type."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def version(self) -> int:
        """Its number, from 1."""

    @property
    def updated(self) -> datetime:
        """When it was written."""

    @property
    def body(self) -> bytes:
        """Its JSON."""


class Change(Protocol):
    """One write of the record, in order of `seq`."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def type(self) -> str:
        """Of what type."""

    @property
    def id(self) -> str:
        """Of which resource."""

    @property
    def version(self) -> int:
        """Which version."""


class Reads(Protocol):
    """The record, for reading, from any thread."""

    def read(self, resource_type: str, resource_id: str, /) -> Stored | None:
        """The newest version, None when there is none."""

    def last_change(self) -> int:
        """The number of the last write."""

    def changes(self, after: int, limit: int, /) -> Sequence[Change]:
        """The writes after that number, oldest first."""


class Writing(Record, Notes, Protocol):
    """One transaction of the record."""


File = Callable[[], AbstractContextManager[Writing]]
"""Opens a transaction of the record: durable when it is left, nothing of it where an exception leaves it."""


class FhirRoad(Protocol):
    """The way to a record system that is written over FHIR."""

    def write(self, resource: Resource, *, identifier: tuple[str, str], since: datetime | None = None) -> "FhirWritten":
        """Make it; given `since`, the time of a try whose end nobody knows, it is searched for by `identifier` first.

        Raises PeerError where surely nothing was written and it may be tried later.
        """


class FhirWritten(Protocol):
    """What became of it there."""

    @property
    def state(self) -> str:
        """accepted, rejected or unclear."""

    @property
    def told(self) -> str:
        """Why, in a sentence without patient data."""

    @property
    def remedy(self) -> str:
        """What to do."""
