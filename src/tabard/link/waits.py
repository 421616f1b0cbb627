"""Waits: whether messages about a patient of the record are held, asked for every answer that shows the patient.

Told by the notes of holding, in the record itself: the journal is not read.
"""

from typing import Protocol

from tabard.fhir import decode
from tabard.ground.ids import KeyedIds
from tabard.link import holding
from tabard.link.keys import Keys


class Stored(Protocol):
    """A version of a resource."""

    @property
    def body(self) -> bytes:
        """The resource as JSON."""


class Known(holding.Reads, Protocol):
    """The record's reader."""

    def read(self, resource_type: str, resource_id: str, /) -> Stored | None:
        """The newest version."""


class Waits:
    """Whether messages are held, and about whom. Safe from any thread, as `record` is."""

    def __init__(self, record: Known, ids: KeyedIds) -> None:
        self._record = record
        self._keys = Keys(ids)

    def is_any(self) -> bool:
        """Whether anything is held: one look into an index."""
        return holding.is_any(self._record)

    def is_about(self, patient_id: str) -> bool:
        """Whether a message is held that names the patient by any number, an old one too; what else it waits for is all one."""
        patient = self._record.read("Patient", patient_id)
        return patient is not None and holding.is_about(self._record, self._keys.of_patient(decode(patient.body)))
