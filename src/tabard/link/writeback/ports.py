"""What writing back asks of the world outside."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from tabard.fhir import Resource
from tabard.link.belongings import Notes
from tabard.link.writeback.echo import Record
from tabard.record import Change, Stored


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

    def read(self, resource_type: str, resource_id: str, /) -> Stored | None:
        """What was made, as it stands there now, under the id that `write` gave; None where there is none.

        Raises PeerError where it does not answer, CallerError where it may be about somebody else.
        """


class FhirWritten(Protocol):
    """What became of it there."""

    @property
    def state(self) -> str:
        """accepted, rejected or unclear."""

    @property
    def id(self) -> str:
        """The id by which it is read back; empty where nothing is there."""

    @property
    def told(self) -> str:
        """Why, in a sentence without patient data."""

    @property
    def remedy(self) -> str:
        """What to do."""
