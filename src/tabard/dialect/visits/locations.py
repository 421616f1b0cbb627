"""Locations: a ward, and a bed that is part of it, from PL by the dialect's order of components.

A ward is told apart by its site, a bed by its site, ward and room. A place without a ward is not a place.
Source: HL7 v2.4, 2.9.31 "PL"; FHIR R4, Location.physicalType.
"""

from collections.abc import Callable
from functools import lru_cache

from tabard.dialect.codes import filled
from tabard.dialect.model import Draft
from tabard.dialect.parts import Parts, first_of
from tabard.dialect.people.organizations import by_code
from tabard.dialect.per_dialect import PerDialect
from tabard.dialect.reading import Reading
from tabard.dialect.schema import Dialect
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_WARD, _BED = ("wa", "Ward"), ("bd", "Bed")
_MOST = 8192
"""Places of one dialect remembered; a sender that makes them up must not fill the memory."""


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
    site, room = parts.part(order.facility), _room(reading, parts)
    ward_reference = _draft(reading, site, (ward,), None)
    if not bed:
        return [ward_reference]
    return [ward_reference, _draft(reading, site, (ward, room, bed) if room else (ward, bed), ward_reference)]


def facility(reading: Reading, parts: Parts) -> Resource | None:
    """The site, as the organisation that provides the care; None where the dialect knows no organisation code of it."""
    return _organization(reading.dialect, parts.part(reading.dialect.locations.facility))


def _organization(dialect: Dialect, site: str) -> Resource | None:
    order = dialect.locations
    return by_code(dialect, order.facilities.get(site) or (site if order.is_facility_ods else ""))


def _room(reading: Reading, parts: Parts) -> str:
    room = reading.dialect.locations.room
    return "" if room is None else parts.part(room)


def _draft(reading: Reading, site: str, within: tuple[str, ...], part_of: Resource | None) -> Resource:
    """A reference to the place, which is drafted: `within` are its names from the ward on."""
    id_ = reading.ids.other("Location", site, *within)
    told = _told(reading.dialect)(site, within)
    place = {"resourceType": "Location", "id": id_, **told}
    reading.add(Draft(place if part_of is None else {**place, "partOf": part_of}))
    return {"reference": f"Location/{id_}", "display": told["name"]}


def _places(dialect: Dialect) -> Callable[[str, tuple[str, ...]], Resource]:
    """What is told of a place besides its id and what it is part of: wards and beds come again with every message."""
    order = dialect.locations

    @lru_cache(maxsize=_MOST)
    def told(site: str, within: tuple[str, ...]) -> Resource:
        kind, kind_name = _BED if within[1:] else _WARD
        place: Resource = {
            "identifier": [{"system": filled(order.system, site), "value": "/".join(within)}],
            "status": "active",
            "name": ", ".join(within[1:] or within),
            "mode": "instance",
            "physicalType": {"coding": [{"system": _PHYSICAL_TYPE, "code": kind, "display": kind_name}]},
        }
        organization = _organization(dialect, site)
        return {**place, "managingOrganization": organization} if organization else place

    return told


_told = PerDialect(_places)
