"""Persons written: a Patient as an ADT^A31; what the resource does not say is left out, and the record system keeps it.

Source: HL7 v2.4, 3.3.31 "A31"; ITK HL7 v2 Message Specifications 3.3.3; FHIR R4, Patient.
"""

from tabard.dialect.extensions import UK_CORE
from tabard.dialect.places import place_of
from tabard.dialect.schema import Dialect
from tabard.dialect.writing.envelope import Envelope, event, message
from tabard.dialect.writing.patients import identified
from tabard.dialect.writing.reverse import code_for, word_for
from tabard.dialect.writing.values import moment, name_components, repeated
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue

_BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
_TRIGGER = "A31"


def write_person(patient: Resource, envelope: Envelope, dialect: Dialect) -> bytes:
    """The message. Raises Unsayable where the dialect has no word for what the patient says, Unwritable for a wrong charset."""
    fields: dict[int, FieldValue] = {
        1: "1",
        **identified(dialect, patient),
        **_codes(dialect, patient),
        **_life(dialect, patient),
    }
    if names := [_name(dialect, name) for name in patient.get("name", ())]:
        fields[place_of(dialect.names.fields[0]).n] = repeated(names)
    if addresses := [_address(dialect, address) for address in patient.get("address", ())]:
        fields[11] = repeated(addresses)
    fields |= _telecoms(dialect, patient)
    kind = ("ADT", _TRIGGER, "ADT_A05")
    return message(envelope, dialect, kind, [event(envelope, dialect, _TRIGGER), ("PID", fields)])


def _codes(dialect: Dialect, patient: Resource) -> dict[int, FieldValue]:
    person = dialect.person
    told: dict[int, FieldValue] = {}
    if "gender" in patient:
        told[8] = word_for(person.sex, patient["gender"], "PID-8", "person.sex")
    if "maritalStatus" in patient:
        told[16] = code_for(dialect, person.marital_status, patient["maritalStatus"], "PID-16", "person.marital_status")
    for extension in patient.get("extension", ()):
        if extension.get("url") == f"{UK_CORE}EthnicCategory":
            value = extension["valueCodeableConcept"]
            told[22] = code_for(dialect, person.ethnic_category, value, "PID-22", "person.ethnic_category")
    return told


def _life(dialect: Dialect, patient: Resource) -> dict[int, FieldValue]:
    """Birth and death."""
    told: dict[int, FieldValue] = {}
    if "birthDate" in patient:
        told[7] = moment(dialect, patient["birthDate"], "PID-7")
    for extension in patient.get("_birthDate", {}).get("extension", ()):
        if extension.get("url") == _BIRTH_TIME and dialect.person.has_birth_time:
            told[7] = moment(dialect, extension["valueDateTime"], "PID-7")
    if "deceasedDateTime" in patient:
        told[29] = moment(dialect, patient["deceasedDateTime"], "PID-29")
    if "deceasedBoolean" in patient:
        told[30] = (dialect.person.yes if patient["deceasedBoolean"] else dialect.person.no)[0]
    return told


def _name(dialect: Dialect, name: Resource) -> FieldValue:
    use = word_for(dialect.names.uses, name["use"], "PID-5.7", "names.uses") if "use" in name else ""
    return (*name_components(name), "", use)


def _address(dialect: Dialect, address: Resource) -> FieldValue:
    order = dialect.addresses
    told: dict[int, str] = dict(zip(order.line, address.get("line", ()), strict=False))
    told |= {
        order.city: address.get("city", ""),
        order.district: address.get("district", ""),
        order.postal_code: address.get("postalCode", ""),
        order.country: address.get("country", ""),
    }
    if "use" in address:
        told[order.kind] = word_for(order.uses, address["use"], "PID-11.7", "addresses.uses")
    elif "type" in address:
        told[order.kind] = word_for(order.types, address["type"], "PID-11.7", "addresses.types")
    return tuple(told.get(n, "") for n in range(1, max(told) + 1))


def _telecoms(dialect: Dialect, patient: Resource) -> dict[int, FieldValue]:
    """Each number in the field of its use; one of another use in the first field, with a word that says which."""
    fields = {place_of(place).n: use for place, use in dialect.telecoms.fields.items()}
    told: dict[int, list[FieldValue]] = {}
    for point in patient.get("telecom", ()):
        n = next((n for n, use in fields.items() if use == point.get("use")), next(iter(fields)))
        told.setdefault(n, []).append(_point(dialect, point, fields[n]))
    return {n: repeated(points) for n, points in told.items()}


def _point(dialect: Dialect, point: Resource, default: str) -> FieldValue:
    rules = dialect.telecoms
    use, system = point.get("use"), point.get("system", "phone")
    is_plain = use == default and not rules.is_use_told
    equipment = "" if system in {"phone", "email"} else word_for(rules.systems, system, "PID-13.3", "telecoms.systems")
    if use == "mobile" and "mobile" not in rules.uses.values():
        word, equipment = "", "CP"
    else:
        word = "" if use is None or is_plain else word_for(rules.uses, use, "PID-13.2", "telecoms.uses")
    return ("", word, equipment, point["value"]) if system == "email" else (point["value"], word, equipment)
