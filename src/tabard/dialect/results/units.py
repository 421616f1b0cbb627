"""Units: OBX-6 as its sender wrote it, and in UCUM only where the dialect's table or the sender says so."""

from tabard.dialect.parts import Parts, first_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

UCUM = "http://unitsofmeasure.org"
_ALTERNATE = 3


def unit_of(reading: Reading, field: Field) -> Resource:
    """The elements of a Quantity that tell its unit; none where no unit was sent."""
    return unit(reading, first_of(field))


def unit(reading: Reading, parts: Parts) -> Resource:
    """The elements of a Quantity that tell its unit, from a CE."""
    code, text = parts.part(1), parts.part(2)
    if not code and not text:
        return {}
    ucum = _ucum(reading, parts, 1) or _ucum(reading, parts, 1 + _ALTERNATE)
    return {"unit": text or code} | ({"system": UCUM, "code": ucum} if ucum else {})


def _ucum(reading: Reading, parts: Parts, first: int) -> str | None:
    code, system = parts.part(first), parts.part(first + 2)
    results = reading.dialect.results
    if not code:
        return None
    return results.ucum.get(code) or (code if results.coding_systems.get(system) == UCUM else None)
