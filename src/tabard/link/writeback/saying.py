"""Saying: a resource as the message of its link's dialect, and the numbers by which it will be known there. Pure."""

from datetime import datetime
from typing import NamedTuple

from tabard.dialect import Dialect
from tabard.dialect.codes import filled
from tabard.dialect.writing import (
    Change,
    Envelope,
    Known,
    write_appointment,
    write_document,
    write_person,
    write_result,
)
from tabard.dialect.writing.reverse import owner_of
from tabard.fhir import Resource
from tabard.ground.errors import CallerError
from tabard.link.write_settings import WriteSettings
from tabard.link.writeback.shape import wrong

_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_WRITTEN = "urn:tabard:written"
"""The system of the identifier that a resource is given where it goes over FHIR."""


class Said(NamedTuple):
    """The message (None over FHIR), and the numbers that were given: system|value."""

    message: bytes | None
    numbers: tuple[str, ...]


def say(resource: Resource, known: Known, envelope: Envelope, dialect: Dialect) -> Said:
    """The message of a new resource that has an id. Raises Unsayable, and Misshapen for a form that is not FHIR's."""
    try:
        message = _written(resource, known, envelope, dialect)
    except CallerError:
        raise
    except (TypeError, KeyError, AttributeError, ValueError, ArithmeticError) as fault:
        raise wrong(resource["resourceType"], "a resource of FHIR R4", "Validate it before sending.") from fault
    template = template_of(dialect, resource["resourceType"])
    held = [
        *resource.get("identifier", ()),
        *([resource["masterIdentifier"]] if "masterIdentifier" in resource else []),
    ]
    own = [one for one in held if owner_of(template, one.get("system", "")) is not None]
    return Said(message, tuple(f"{one['system']}|{one['value']}" for one in own))


def numbered(resource: Resource, number: str, application: str, dialect: Dialect) -> Resource:
    """The resource with the number by which the record system will know it: the filler's, or a document's own."""
    kind = resource["resourceType"]
    told = {"system": filled(template_of(dialect, kind), application), "value": number}
    if kind == "DocumentReference":
        return {**resource, "masterIdentifier": told}
    filler = {"type": {"coding": [{"system": _TYPES, "code": "FILL"}]}, **told}
    return {**resource, "identifier": [*resource.get("identifier", ()), filler]}


def envelope_of(settings: WriteSettings, control_id: str, at: datetime) -> Envelope:
    """MSH of a message over a link."""
    return Envelope(
        settings.sending_application,
        settings.sending_facility,
        settings.receiving_application,
        settings.receiving_facility,
        control_id,
        at,
        settings.processing_id,
    )


def template_of(dialect: Dialect, kind: str) -> str:
    """From what the system of such numbers is made."""
    if kind == "DocumentReference":
        return dialect.documents.system
    return dialect.scheduling.system if kind == "Appointment" else dialect.results.order_system


def check_numbers(resource: Resource, dialect: Dialect) -> None:
    """Raises Misshapen where a product gives a number of the record system's own: it could take another's place there."""
    template = template_of(dialect, resource["resourceType"])
    for one in resource.get("identifier", ()):
        system, value = one.get("system"), one.get("value")
        if not (isinstance(system, str) and system and isinstance(value, str) and value):
            raise wrong("identifier", "a system and a value", "Give both.")
        if owner_of(template, system) is not None or system.startswith("urn:tabard:"):
            raise wrong("identifier", "one of your own system", "The record system's numbers are given here.")


def fhir_identifier(id_: str) -> Resource:
    """The identifier by which a resource that is written over FHIR is searched for there."""
    return {"system": _WRITTEN, "value": id_}


def _written(resource: Resource, known: Known, envelope: Envelope, dialect: Dialect) -> bytes:
    match resource["resourceType"]:
        case "Observation":
            return write_result(resource, known, envelope, dialect)
        case "DocumentReference":
            return write_document(resource, known, envelope, dialect)
        case "Appointment":
            return write_appointment(resource, known, envelope, dialect, Change.new)
        case _:
            return write_person(resource, envelope, dialect)
