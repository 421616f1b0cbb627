"""Organisations: the practice of a patient's GP (PD1-3, XON), and the hospital by its ODS code. Source: HL7 v2.4, 2.9.50 "XON"."""

from tabard.dialect.model import Draft
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Reading
from tabard.dialect.schema import Dialect
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_CODE = 3


def practice(reading: Reading, field: Field) -> Resource | None:
    """A reference to the practice, drafted as an Organization when it has a code; by its name alone when not."""
    name, _, code = first_of(field).upto(_CODE)
    return organization(reading, code, name, {})


def organization(reading: Reading, code: str, name: str, more: Resource) -> Resource | None:
    """A reference to the organisation, drafted with whatever `more` tells of it when it has a code; by its name alone when not."""
    if not code:
        return {"type": "Organization", "display": name} if name else None
    system = reading.dialect.organizations.system
    id_ = reading.ids.other("Organization", system, code)
    told: Resource = {"resourceType": "Organization", "id": id_, "identifier": [{"system": system, "value": code}]}
    if not name:
        reading.add(Draft(told | more))
        return {"reference": f"Organization/{id_}"}
    reading.add(Draft({**told, "name": name, **more}))
    return {"reference": f"Organization/{id_}", "display": name}


def by_code(dialect: Dialect, code: str) -> Resource | None:
    """A reference by ODS code, to an organisation that the message tells nothing else about; an OID is no such code."""
    if not code or "." in code:
        return None
    return {"identifier": {"system": dialect.organizations.system, "value": code}}


def managing(reading: Reading) -> Resource | None:
    """The hospital that keeps the patient's registration: the sender, where the dialect says so."""
    header = reading.message.header
    facility = header.sending_facility.split(header.delimiters.component, 1)[0].strip('"')
    rules = reading.dialect.organizations
    return by_code(reading.dialect, rules.senders.get(facility, facility)) if rules.is_sender_managing else None
