"""Wards and beds, and where a visit has been. The places of one stay share the front of their element id."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tabard.fhir import Resource
from tabard.web.design.times import When, from_fhir
from tabard.web.hospital.views.fhir import codes, id_of

WARD, BED = "wa", "bd"
"""Source: HL7 terminology, location-physical-type."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One place of a visit. `end` is None while the patient is there, or when it is not known."""

    ward: str
    bed: str
    start: When | None
    end: When | None
    is_now: bool


@dataclass(frozen=True, slots=True)
class Places:
    """The Locations at hand, by id."""

    by_id: Mapping[str, Resource]

    @classmethod
    def among(cls, resources: Iterable[Resource]) -> "Places":
        """Those among some resources."""
        return cls({one["id"]: one for one in resources if one.get("resourceType") == "Location"})

    def name(self, told: Mapping[str, Any]) -> str:
        """The name of the place that a Reference names: the place's own, else what the reference says."""
        place = self.by_id.get(id_of(told), {})
        return place_name(place) or str(told.get("display", "")) or "place not known"

    def is_bed(self, told: Mapping[str, Any]) -> bool:
        """Whether the place is a bed."""
        return is_bed(self.by_id.get(id_of(told), {}))


def place_name(place: Resource) -> str:
    """A Location's name, else its identifier."""
    values = (one.get("value", "") for one in place.get("identifier", []))
    return str(place.get("name") or next(values, ""))


def is_ward(place: Resource) -> bool:
    """Whether this Location is a ward."""
    return WARD in codes(place.get("physicalType"))


def is_bed(place: Resource) -> bool:
    """Whether this Location is a bed."""
    return BED in codes(place.get("physicalType"))


def stays(encounter: Resource, places: Places) -> tuple[Stay, ...]:
    """Where a visit has been, the latest first."""
    groups = groupby(encounter.get("location", []), _stay_key)
    told = [_stay(list(group), places) for _, group in groups]
    return tuple(reversed(told))


def present_stay(encounter: Resource, places: Places) -> Stay | None:
    """Where the patient is now, None when the record does not say."""
    return next((stay for stay in stays(encounter, places) if stay.is_now), None)


def is_staying_at(encounter: Resource, ward: str) -> bool:
    """Whether the visit has an active place that is this ward."""
    return any(id_of(one.get("location")) == ward for one in active(encounter))


def active(encounter: Resource) -> list[Mapping[str, Any]]:
    """The places where the patient is now."""
    return [one for one in encounter.get("location", []) if one.get("status") == "active"]


def _stay_key(entry: Mapping[str, Any]) -> tuple[str, str, str, str]:
    period = entry.get("period", {})
    return (
        entry.get("id", "").rpartition("-")[0],
        entry.get("status", ""),
        period.get("start", ""),
        period.get("end", ""),
    )


def _stay(entries: Sequence[Mapping[str, Any]], places: Places) -> Stay:
    first, period = entries[0], entries[0].get("period", {})
    located = [one.get("location", {}) for one in entries]
    beds = [places.name(one) for one in located if places.is_bed(one)]
    wards = [places.name(one) for one in located if not places.is_bed(one)]
    return Stay(
        ward=", ".join(wards),
        bed=", ".join(beds),
        start=from_fhir(period["start"]) if "start" in period else None,
        end=from_fhir(period["end"]) if "end" in period else None,
        is_now=first.get("status") == "active",
    )
