"""What belongs to each patient, and under which registration it came.

So a merge moves all of it, and an unmerge gives back exactly what came under the numbers that are given back. Kept as notes beside the resources: one for each, under whose it is now, saying the registration it came under.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from tabard.fhir import Resource

_KIND = "belongs"
_PATIENT = "Patient/"


class Notes(Protocol):
    """What is asked of the record."""

    def note(self, kind: str, key: str, value: bytes | None, /) -> None:
        """Set a note, or take it away."""

    def notes(self, kind: str, start: str = "", most: int | None = None, /) -> tuple[tuple[str, bytes], ...]:
        """Notes by the beginning of their key, in order of the keys; at most so many."""


def patient_of(resource: Resource) -> str | None:
    """The id of the patient whom a resource is about; None where it is about nobody, or does not say by reference."""
    if resource["resourceType"] == "Patient":
        return None
    for named in _named(resource):
        reference = named.get("reference", "") if isinstance(named, dict) else ""
        if reference.startswith(_PATIENT):
            return str(reference[len(_PATIENT) :])
    return None


def belong(notes: Notes, patient_id: str, kind: str, id_: str, came_under: str) -> None:
    """Note that a resource is the patient's, and under which registration it came."""
    notes.note(_KIND, f"{patient_id}/{kind}/{id_}", came_under.encode())


def belong_no_more(notes: Notes, patient_id: str, kind: str, id_: str) -> None:
    """Note that a resource is not the patient's any more."""
    notes.note(_KIND, f"{patient_id}/{kind}/{id_}", None)


def belongings(notes: Notes, patient_id: str, kind: str = "") -> Iterator[tuple[str, str, str]]:
    """Type and id of all that is the patient's, or all of one type, and the registration that each came under."""
    start = f"{patient_id}/{kind}/" if kind else f"{patient_id}/"
    for key, value in notes.notes(_KIND, start):
        _, found, id_ = key.split("/")
        yield found, id_, value.decode()


def repointed(value: Any, old: str, new: str) -> Any:
    """The value with each reference to `old` (`Type/id`) made one to `new`."""
    if isinstance(value, dict):
        return {
            key: new if key == "reference" and inner == old else repointed(inner, old, new)
            for key, inner in value.items()
        }
    return [repointed(inner, old, new) for inner in value] if isinstance(value, list) else value


def _named(resource: Resource) -> Iterator[Any]:
    yield resource.get("subject")
    yield resource.get("patient")
    for participant in resource.get("participant", []):  # of an Appointment
        yield participant.get("actor")
