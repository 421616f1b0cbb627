"""What is kept for a patient, for the hospital's own page: from notes written with it, as no search goes over all types."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from tabard.gateway.kept.ports import Keep, KeepWriting

_NOTE = "kept"
_MOST = 2_000


class KeptLine(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that a product keeps for a patient; `at` is when it was last changed."""

    type: str
    id: str
    client: str
    at: datetime
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class KeptLook:
    """Blocking; safe from any thread."""

    keep: Keep

    def about(self, patient: str) -> tuple[KeptLine, ...]:
        """What is kept for the patient, newest first."""
        return tuple(line for line in self._lines(patient) if not line.is_deleted)

    def deleted(self, patient: str) -> tuple[KeptLine, ...]:
        """What was kept for the patient and deleted, newest first."""
        return tuple(line for line in self._lines(patient) if line.is_deleted)

    def _lines(self, patient: str) -> list[KeptLine]:
        with self.keep() as writing:
            notes = writing.notes(_NOTE, f"{patient}/", _MOST)
        lines = (msgspec.json.decode(value, type=KeptLine) for _, value in notes)
        return sorted(lines, key=lambda line: line.at, reverse=True)


def noted(writing: KeepWriting, patient: str, line: KeptLine) -> None:
    """Note that this is kept for a patient, or is no more."""
    writing.note(_NOTE, f"{patient}/{line.type}/{line.id}", msgspec.json.encode(line))
