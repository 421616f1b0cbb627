"""Locations: a ward, and a bed that is part of it, from PL by the dialect's order of components.

A ward is told apart by its site, a bed by its site, ward and room. A place without a ward is not a place.
Source: HL7 v2.4, 2.9.31 "PL"; FHIR R4, Location.physicalType.
"""

from tabard.dialect.codes import filled
from tabard.dialect.model import Draft
from tabard.dialect.parts import Parts, first_of
from tabard.dialect.people.organizations import by_code
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_WARD, _BED = ("wa", "Ward"), ("bd", "Bed")


def place_in(reading: Reading, field: Field) -> Parts:
    """The place that a field names, its facility being an HD."""
    return first_of(field, hd=reading.dialect.locations.facility)


def locations(reading: Reading, parts: Parts, place: str) -> list[Resource]:
    """References to the ward and, where there is one, the bed; both are drafted."""
    order = reading.dialect.locations
    ward, bed = parts.part(order.ward), parts.part(order.bed)
    if not ward:
        if any(parts):
            reading.flag("no-ward", place, f"a ward in component {order.ward}")
        return []
    site = parts.part(order.facility)
    ward_reference = _draft(reading, site, (ward,), ward, _WARD, None)
    if not bed:
        return [ward_reference]
    room = _room(reading, parts)
    within = (ward, room, bed) if room else (ward, bed)
    name = f"{room}, {bed}" if room else bed
    return [ward_reference, _draft(reading, site, within, name, _BED, ward_reference)]


def facility(reading: Reading, parts: Parts) -> Resource | None:
    """The site, as the organisation that provides the care; None where the dialect knows no organisation code of it."""
    return _organization(reading, parts.part(reading.dialect.locations.facility))


def _organization(reading: Reading, site: str) -> Resource | None:
    order = reading.dialect.locations
    return by_code(reading, order.facilities.get(site) or (site if order.is_facility_ods else ""))


def _room(reading: Reading, parts: Parts) -> str:
    room = reading.dialect.locations.room
    return "" if room is None else parts.part(room)


def _draft(
    reading: Reading,
    site: str,
    within: tuple[str, ...],
    name: str,
    kind: tuple[str, str],
    part_of: Resource | None,
) -> Resource:
    id_ = reading.ids.other("Location", site, *within)
    told: Resource = {
        "resourceType": "Location",
        "id": id_,
        "identifier": [{"system": filled(reading.dialect.locations.system, site), "value": "/".join(within)}],
        "status": "active",
        "name": name,
        "mode": "instance",
        "physicalType": {"coding": [{"system": _PHYSICAL_TYPE, "code": kind[0], "display": kind[1]}]},
    }
    if organization := _organization(reading, site):
        told["managingOrganization"] = organization
    if part_of:
        told["partOf"] = part_of
    reading.add(Draft(told))
    return {"reference": f"Location/{id_}", "display": name}
