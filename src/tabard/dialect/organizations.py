"""Organisations: the practice of a patient's GP (PD1-3, XON), and the hospital by its ODS code. Source: HL7 v2.4, 2.9.50 "XON"."""

from tabard.dialect.parts import first_of
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_NAME, _CODE = 1, 3


def practice(reading: Reading, field: Field) -> Resource | None:
    """A reference to the practice, drafted as an Organization when it has a code; by its name alone when not."""
    parts = first_of(field)
    name, code = parts.part(_NAME), parts.part(_CODE)
    if not code:
        return {"type": "Organization", "display": name} if name else None
    system = reading.dialect.organizations.system
    draft = Drafting("Organization", reading.id_of("Organization", system, code))
    draft.put("identifier", [{"system": system, "value": code}])
    draft.put("name", name or None)
    reading.add(draft.done())
    return {"reference": f"Organization/{draft.resource['id']}"} | ({"display": name} if name else {})


def by_code(reading: Reading, code: str) -> Resource | None:
    """A reference by ODS code, to an organisation that the message tells nothing else about."""
    return {"identifier": {"system": reading.dialect.organizations.system, "value": code}} if code else None


def managing(reading: Reading) -> Resource | None:
    """The hospital that keeps the patient's registration: the sender, where the dialect says so."""
    header = reading.message.header
    facility = header.sending_facility.split(header.delimiters.component, 1)[0]
    return by_code(reading, facility.strip('"')) if reading.dialect.organizations.is_sender_managing else None
