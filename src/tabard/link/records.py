"""What filing asks of the record: resources read, found and written, and notes beside them."""

from collections.abc import Iterable
from typing import Protocol

from tabard.fhir import Resource
from tabard.link.belongings import Notes
from tabard.link.identity import Known


class Version(Protocol):
    """What was written, as far as it is asked for."""

    @property
    def version(self) -> int:
        """Its number, from 1."""


class Record(Known, Notes, Protocol):
    """What filing asks of the record's transaction."""

    def put(self, resource: Resource, source: str, /) -> Version | None:
        """Write the resource; None where it is unchanged and not written."""

    def look_up(self, names: Iterable[tuple[str, str]], notes: Iterable[tuple[str, str]], /) -> None:
        """Look resources, by type and id, and notes, by kind and key, up at once; nothing depends on it."""

    def noted(self, kind: str, key: str, /) -> bytes | None:
        """What a note says."""
