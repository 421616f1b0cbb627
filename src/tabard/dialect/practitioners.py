"""Practitioners: doctors by their national or local codes. Source: HL7 v2.4, 2.9.49 "XCN"; ITK, PV1-7."""

import re
from functools import lru_cache

from tabard.dialect.codes import filled
from tabard.dialect.human_names import display_of, name_parts
from tabard.dialect.model import Draft
from tabard.dialect.parts import Parts, repetitions_of
from tabard.dialect.reading import Reading
from tabard.dialect.schema import Practitioners
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_AUTHORITY = 9


def practitioners(reading: Reading, field: Field) -> list[Resource]:
    """References to the doctors in a field, each drafted as a Practitioner when there is a code; by name alone when not.

    One doctor often stands in several fields of a message, in the same words: those are read once.
    """
    if not field.raw:
        return []
    told = reading.doctors.get(field.raw)
    if told is None:
        told = reading.doctors[field.raw] = _references(reading, field)
    return [dict(reference) for reference in told]


def _references(reading: Reading, field: Field) -> list[Resource]:
    references: list[Resource] = []
    for parts in repetitions_of(field, hd=_AUTHORITY):
        reference = _reference(reading, parts)
        if reference is not None and reference not in references:
            references.append(reference)
    return references


def _reference(reading: Reading, parts: Parts) -> Resource | None:
    code, *names, _, _, authority = parts.upto(_AUTHORITY)
    name = name_parts(*names)
    display = display_of(name)
    if not code:
        return {"type": "Practitioner", "display": display} if display else None
    system = _system(reading.dialect.practitioners, code, authority)
    id_ = reading.ids.other("Practitioner", system, code)
    if not reading.holds("Practitioner", id_):
        _draft(reading, id_, {"system": system, "value": code}, name)
    return {"reference": f"Practitioner/{id_}", "display": display} if display else {"reference": f"Practitioner/{id_}"}


def _draft(reading: Reading, id_: str, identifier: Resource, name: Resource) -> None:
    told: Resource = {"resourceType": "Practitioner", "id": id_, "identifier": [identifier]}
    if name:
        told["name"] = [name]
    reading.add(Draft(told))


def _system(rules: Practitioners, code: str, authority: str) -> str:
    for rule in rules.identifiers:
        if _pattern(rule.pattern).fullmatch(code):
            return rule.system
    return filled(rules.local_system, authority)


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
