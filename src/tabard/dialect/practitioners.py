"""Practitioners: doctors by their national or local codes. Source: HL7 v2.4, 2.9.49 "XCN"; ITK, PV1-7."""

import re
from functools import lru_cache

from tabard.dialect.codes import filled
from tabard.dialect.human_names import display_of, name_parts
from tabard.dialect.parts import Parts, repetitions_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.schema import Practitioners
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_CODE, _FAMILY, _AUTHORITY = 1, 2, 9


def practitioners(reading: Reading, field: Field) -> list[Resource]:
    """References to the doctors in a field, each drafted as a Practitioner when there is a code; by name alone when not."""
    references: list[Resource] = []
    for parts in repetitions_of(field):
        reference = _reference(reading, parts)
        if reference is not None and reference not in references:
            references.append(reference)
    return references


def _reference(reading: Reading, parts: Parts) -> Resource | None:
    name = name_parts(parts, _FAMILY)
    display = display_of(name)
    code = parts.part(_CODE)
    if not code:
        return {"type": "Practitioner", "display": display} if display else None
    system = _system(reading.dialect.practitioners, code, parts.part(_AUTHORITY))
    id_ = reading.id_of("Practitioner", system, code)
    if not reading.holds("Practitioner", id_):
        _draft(reading, id_, {"system": system, "value": code}, name)
    return {"reference": f"Practitioner/{id_}"} | ({"display": display} if display else {})


def _draft(reading: Reading, id_: str, identifier: Resource, name: Resource) -> None:
    draft = Drafting("Practitioner", id_)
    draft.put("identifier", [identifier])
    draft.put("name", [name] if name else None)
    reading.add(draft.done())


def _system(rules: Practitioners, code: str, authority: str) -> str:
    for rule in rules.identifiers:
        if _pattern(rule.pattern).fullmatch(code):
            return rule.system
    return filled(rules.local_system, authority)


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
