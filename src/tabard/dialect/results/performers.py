"""Performers: who made a result and who answers for it. Source: HL7 v2.4, 7.4.2.15 and 16; v2.5.1, OBX-23; 7.4.1.32."""

from tabard.dialect.codes import filled
from tabard.dialect.parts import Parts, first_of
from tabard.dialect.people.human_names import name_parts
from tabard.dialect.people.practitioners import by_number, practitioners
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

PRODUCER, OBSERVER, PERFORMING = 15, 16, 23
_CNN = 6
_NAME, _ORGANIZATION_ID, _ID = 1, 3, 10


def performers(reading: Reading, obx: Segment) -> list[Resource]:
    """The department (OBX-23, else OBX-15) and the persons (OBX-16)."""
    at = _performing(reading, first_of(obx.field(PERFORMING))) or _producer(reading, first_of(obx.field(PRODUCER)))
    return [*([at] if at else []), *practitioners(reading, obx.field(OBSERVER))]


def interpreters(reading: Reading, field: Field) -> list[Resource]:
    """The persons in an NDL, whose first component is an id and a name in subcomponents; senders of old write an XCN."""
    if not field.raw:
        return []
    told = []
    for repetition in field.repetitions:
        subcomponents = repetition.component(1).subcomponents
        if len(subcomponents) <= 1:
            return practitioners(reading, field)
        code, *names = (*subcomponents, *("",) * _CNN)[:_CNN]
        if one := by_number(reading, code.strip(), name_parts(*names)):
            told.append(one)
    return told


def _producer(reading: Reading, parts: Parts) -> Resource | None:
    """CE: a code of the department, its name, and whose code it is."""
    return _organization(reading, parts.part(1), parts.part(2), parts.part(3))


def _performing(reading: Reading, parts: Parts) -> Resource | None:
    """XON: a name, and an identifier."""
    return _organization(reading, parts.part(_ID) or parts.part(_ORGANIZATION_ID), parts.part(_NAME), parts.part(6))


def _organization(reading: Reading, code: str, name: str, owner: str) -> Resource | None:
    if not code and not name:
        return None
    told: Resource = {"type": "Organization"}
    if code:
        told["identifier"] = {"system": filled(reading.dialect.results.local_coding_system, owner), "value": code}
    return told | {"display": name or code}
