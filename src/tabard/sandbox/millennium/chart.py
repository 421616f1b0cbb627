"""The chart: every resource that a pretend Millennium holds, each with its version, found by type, id or patient."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import RLock

from tabard.fhir import Resource, canonical, decode
from tabard.ground.time import to_instant

_COMPOSITE = {"Encounter", "BP"}
"""Kinds whose version is of two parts, such as `42-0`."""


@dataclass(frozen=True, slots=True)
class Held:
    """A resource as it stands, `meta` in it, since `updated`."""

    resource: Resource
    version: str
    updated: datetime

    @property
    def etag(self) -> str:
        """The version as a weak entity tag. Source: FHIR R4, 3.1.0.1.3."""
        return f'W/"{self.version}"'


class Chart:
    """Holds resources for several threads; whoever reads more than one at once takes `lock`."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._held: dict[str, dict[str, Held]] = {}
        self._of: dict[tuple[str, str], dict[str, None]] = {}

    def get(self, type_: str, id_: str) -> Held | None:
        """The resource, None where there is none."""
        return self._held.get(type_, {}).get(id_)

    def every(self, type_: str) -> Iterator[Held]:
        """All of a type, in the order in which they came."""
        return iter(tuple(self._held.get(type_, {}).values()))

    def of_patient(self, type_: str, patient: str) -> Iterator[Held]:
        """All of a type that are about a patient, by the Patient's id."""
        held = self._held.get(type_, {})
        return iter([held[id_] for id_ in self._of.get((type_, patient), ())])

    def put(self, body: Resource, at: datetime) -> Held:
        """Keep a resource; one that says what is held already stays as it is, any other is a new version."""
        type_, id_ = body["resourceType"], body["id"]
        with self.lock:
            before = self.get(type_, id_)
            if before is not None and _content(before.resource) == _content(body):
                return before
            version = _next_version(type_, id_, before)
            meta = {"versionId": version, "lastUpdated": to_instant(at)}
            told = {"resourceType": type_, "id": id_, "meta": meta, **_without_meta(body)}
            held = Held(told, version, at)
            self._held.setdefault(type_, {})[id_] = held
            self._index(type_, id_, before, told)
            return held

    def repoint(self, renamed: dict[str, str], at: datetime) -> None:
        """Have every resource about the patients of `renamed` (old id to new) speak of the other id, in all its words.

        The Patients themselves are left alone.
        """
        with self.lock:
            about = [key for key in self._of if key[1] in renamed]
            for held in [held for type_, patient in about for held in self.of_patient(type_, patient)]:
                self.put(_reworded(held.resource, renamed), at)

    def _index(self, type_: str, id_: str, before: Held | None, now: Resource) -> None:
        if before is not None and (old := patient_of(before.resource)) is not None:
            self._of.get((type_, old), {}).pop(id_, None)
        if (new := patient_of(now)) is not None:
            self._of.setdefault((type_, new), {})[id_] = None


def patient_of(resource: Resource) -> str | None:
    """The id of the Patient whom a resource is about, None for one that is about nobody."""
    actors = [one.get("actor", {}) for one in resource.get("participant", ()) if isinstance(one, dict)]
    attends = (one for one in actors if str(one.get("reference", "")).startswith("Patient/"))
    reference: Resource | None = resource.get("subject") or resource.get("patient") or next(attends, None)
    return None if reference is None else str(reference["reference"]).rpartition("/")[2]


def _content(resource: Resource) -> bytes:
    return canonical(_without_meta(resource))


def _without_meta(resource: Resource) -> Resource:
    return {key: value for key, value in resource.items() if key not in {"meta", "resourceType", "id"}}


def _next_version(type_: str, id_: str, before: Held | None) -> str:
    """Numbers that go up, one or two of them; nobody should read anything into them."""
    number = 1 if before is None else int(before.version.partition("-")[0]) + 1
    return f"{number}-0" if {type_, id_.partition("-")[0]} & _COMPOSITE else str(number)


def _reworded(resource: Resource, renamed: dict[str, str]) -> Resource:
    told = re.compile(rf"(Patient/|Patient Id</b>: )({'|'.join(renamed)})\b")
    text = told.sub(lambda found: found[1] + renamed[found[2]], canonical(resource).decode())
    return decode(text.encode())
