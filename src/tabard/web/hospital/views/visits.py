"""A visit for the page: its class and state, from when until when, under whom, and everywhere it has been."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tabard.fhir import Resource
from tabard.web.design.times import When, from_fhir, moment_of
from tabard.web.hospital.views.fhir import codes, concept, id_of
from tabard.web.hospital.views.names import staff_name
from tabard.web.hospital.views.places import Places, Stay, present_stay, stays

ATTENDING = "ATND"
"""Source: HL7 terminology, v3-ParticipationType."""
_STATES = {
    "in-progress": "In hospital now",
    "finished": "Discharged",
    "cancelled": "Cancelled",
    "planned": "Planned",
    "onleave": "On leave",
    "entered-in-error": "Entered in error",
}

_KINDS = {
    "IMP": "inpatient",
    "ACUTE": "inpatient",
    "EMER": "emergency",
    "AMB": "outpatient",
    "SS": "day case",
    "PRENC": "pre-admission",
}
"""Source: HL7 terminology, v3-ActCode (ActEncounterCode)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit; empty texts and None are not known."""

    id: str
    number: str
    kind: str
    state: str
    is_now: bool
    start: When | None
    end: When | None
    consultant: str
    specialty: str
    now_at: Stay | None
    stays: tuple[Stay, ...]
    began: datetime


def visit(encounter: Resource, places: Places, staff: Mapping[str, str]) -> Visit:
    """An Encounter for the page; `staff` are names of Practitioners by id."""
    period = encounter.get("period", {})
    start, end = period.get("start"), period.get("end")
    return Visit(
        id=encounter["id"],
        number=next((str(one.get("value", "")) for one in encounter.get("identifier", [])), ""),
        kind=_kind(encounter),
        state=_STATES.get(encounter.get("status", ""), "State not known"),
        is_now=encounter.get("status") == "in-progress",
        start=from_fhir(start) if start else None,
        end=from_fhir(end) if end else None,
        consultant=consultant(encounter, staff),
        specialty=concept(encounter.get("serviceType")),
        now_at=present_stay(encounter, places),
        stays=stays(encounter, places),
        began=moment_of(start or ""),
    )


def consultant(encounter: Resource, staff: Mapping[str, str]) -> str:
    """Whom the patient is under, empty when the record does not say."""
    for one in encounter.get("participant", []):
        if any(ATTENDING in codes(type_) for type_ in one.get("type", [])):
            individual = one.get("individual", {})
            return staff.get(id_of(individual), "") or str(individual.get("display", ""))
    return ""


def staff_names(resources: Iterable[Resource]) -> dict[str, str]:
    """The names of the Practitioners among some resources, by id."""
    return {
        one["id"]: staff_name(one.get("name", [])) for one in resources if one.get("resourceType") == "Practitioner"
    }


def _kind(encounter: Resource) -> str:
    told = encounter.get("class", {})
    return _KINDS.get(told.get("code", "")) or str(told.get("display") or told.get("code") or "")
