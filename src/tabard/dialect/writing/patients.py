"""Patients: PID-3 and PV1 so that the record system finds whom and which visit a message is about."""

from collections.abc import Mapping

from tabard.dialect.extensions import FAILED_CHECK
from tabard.dialect.places import place_of
from tabard.dialect.schema import Dialect
from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.reverse import owner_of, word_for
from tabard.dialect.writing.values import moment, name_components, repeated
from tabard.fhir import nhs_number
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue, SegmentValue

_AUTHORITY = 4
_DEFAULT_TYPE = "MR"


def identified(dialect: Dialect, patient: Resource) -> dict[int, FieldValue]:
    """The fields of PID with the patient's numbers. Raises Unsayable where no number may be sent."""
    told: dict[int, list[FieldValue]] = {}
    for one in patient.get("identifier", ()):
        if one.get("use") == "old" or any(mark["url"] == FAILED_CHECK for mark in one.get("extension", ())):
            continue
        n, value = _nhs(dialect, one) if one.get("system") == nhs_number.SYSTEM else _local(dialect, one)
        if value:
            told.setdefault(n, []).append(value)
    if not told:
        raise Unsayable(
            "PID-3",
            "The patient has no number that the record system knows.",
            expected=f"an identifier of a system such as {dialect.identifiers.local_system}, or an NHS number",
            remedy="Send only what is about patients that the record system has told of.",
        )
    return {n: repeated(values) for n, values in told.items()}


def pid(dialect: Dialect, patient: Resource) -> SegmentValue:
    """PID as far as it tells who the patient is: numbers, name, birth date, sex."""
    fields: dict[int, FieldValue] = {1: "1", **identified(dialect, patient)}
    if patient.get("name"):
        fields[place_of(dialect.names.fields[0]).n] = name_components(patient["name"][0])
    if "birthDate" in patient:
        fields[7] = moment(dialect, patient["birthDate"], "PID-7")
    if patient.get("gender") in dialect.person.sex.values():
        fields[8] = word_for(dialect.person.sex, patient["gender"], "PID-8", "person.sex")
    return "PID", fields


def pv1(dialect: Dialect, encounter: Resource | None) -> list[SegmentValue]:
    """PV1 with the visit's number and class, where there is a visit. Raises Unsayable where it has no number to be found by."""
    if encounter is None:
        return []
    rules = dialect.visits
    numbers = (
        (owner_of(rules.system, one.get("system", "")), one.get("value")) for one in encounter.get("identifier", ())
    )
    owner, value = next(((owner, value) for owner, value in numbers if owner is not None and value), (None, None))
    place = place_of(rules.number)
    if value is None or owner is None or place.segment != "PV1":
        raise Unsayable(
            rules.number,
            "The visit has no number that the record system knows.",
            expected=f"an identifier of a system such as {rules.system}",
            remedy="Send it without a visit.",
        )
    parts = [value, *[""] * (rules.authority - 2), owner]
    return [("PV1", {1: "1", **_class(dialect, encounter), place.n: tuple(parts)})]


def _class(dialect: Dialect, encounter: Resource) -> Mapping[int, FieldValue]:
    """PV1-2, where the dialect has a word for it: the visit is found without it."""
    told = encounter.get("class", {})
    classes = dialect.visits.classes
    if told.get("system") == classes.system and told.get("code") in classes.codes.values():
        return {2: word_for(classes.codes, told["code"], "PV1-2", "visits.classes.codes")}
    return {2: told["code"]} if told.get("system") == dialect.visits.unmapped_class_system else {}


def _nhs(dialect: Dialect, identifier: Resource) -> tuple[int, FieldValue]:
    """The NHS number where the dialect's first rule for it looks."""
    rule = dialect.identifiers.nhs_number[0]
    field = place_of(rule.field or dialect.identifiers.fields[0])
    if rule.authority is None and rule.type is None:
        return field.n, identifier["value"]
    return field.n, (identifier["value"], "", "", rule.authority or "", rule.type or "")


def _local(dialect: Dialect, identifier: Resource) -> tuple[int, FieldValue]:
    """A local number under its authority; nothing where the record system knows no such numbers."""
    rules = dialect.identifiers
    system = identifier.get("system", "")
    named = next((authority for authority, told in rules.systems.items() if told == system), None)
    authority = named if named is not None else owner_of(rules.local_system, system)
    n = place_of(rules.fields[0]).n
    if not authority:
        return n, None
    return n, (identifier["value"], "", "", authority, rules.written.get(authority) or _type(dialect, identifier))


def _type(dialect: Dialect, identifier: Resource) -> str:
    """CX-5; none for a medical record number, which is what a number without a type is read as."""
    types = dialect.identifiers.types
    kind = next((one["code"] for one in identifier.get("type", {}).get("coding", ())), _DEFAULT_TYPE)
    if kind == _DEFAULT_TYPE and kind not in types.values():
        return ""
    return word_for(types, kind, "PID-3.5", "identifiers.types")
