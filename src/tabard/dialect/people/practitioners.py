"""Practitioners: doctors by their national or local codes. Source: HL7 v2.4, 2.9.49 "XCN"; ITK, PV1-7."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from tabard.dialect.codes import filled
from tabard.dialect.model import Draft
from tabard.dialect.parts import Parts, repetitions_of
from tabard.dialect.people.human_names import display_of, name_parts
from tabard.dialect.per_dialect import PerDialect
from tabard.dialect.reading import Reading
from tabard.dialect.schema import Dialect, Practitioners
from tabard.fhir.json import Resource
from tabard.hl7v2 import Delimiters, Field

_AUTHORITY, _TYPE = 9, 13
_SHAPES = {
    "https://fhir.hl7.org.uk/Id/consultant-code": "C[0-9]{7}",
    "https://fhir.hl7.org.uk/Id/gmp-number": "G[0-9]{7}",
}
"""National codes of doctors. Source: NHS Data Dictionary, CONSULTANT CODE and GENERAL MEDICAL PRACTITIONER PPD CODE."""


class _Doctor(NamedTuple):
    """One doctor as a field tells them: systems and codes, the best to know them by first, a name, and it for people to read.

    `misshapen` are the systems of national codes that have not the shape of one; `told` is the Practitioner without its id.
    """

    numbers: Sequence[tuple[str, str]]
    name: Resource
    display: str
    misshapen: Sequence[str]
    told: Resource


def practitioners(reading: Reading, field: Field, place: str = "") -> list[Resource]:
    """References to the doctors in a field, each drafted as a Practitioner when there is a code; by name alone when not.

    One doctor often stands in several fields of a message, in the same words: those are read once. A national code that has
    not the shape of one is kept, and flagged at `place`, the field first read.
    """
    if not field.raw:
        return []
    told = reading.doctors.get(field.raw)
    if told is None:
        told = reading.doctors[field.raw] = _references(reading, field, place)
    return [dict(reference) for reference in told]


def by_number(reading: Reading, code: str, name: Resource) -> Resource | None:
    """A reference to a doctor by a code without authority; by name alone where there is none."""
    rules = reading.dialect.practitioners
    return _reference(reading, _told(((_system(rules, code, "", ""), code),) if code else (), name))


def _references(reading: Reading, field: Field, place: str) -> list[Resource]:
    references: list[Resource] = []
    for doctor in _doctors_in(reading, field):
        for system in doctor.misshapen if place else ():
            reading.flag("bad-practitioner-code", place, f"a code of the shape that {system} has")
        reference = _reference(reading, doctor)
        if reference is not None and reference not in references:
            references.append(reference)
    return references


def _none(_dialect: Dialect) -> dict[tuple[str, Delimiters], Sequence[_Doctor]]:
    return {}


_MOST = 4096
_known = PerDialect(_none)
"""The doctors of fields, by their text: a hospital's doctors come again with every message."""


def _doctors_in(reading: Reading, field: Field) -> Sequence[_Doctor]:
    known, key = _known(reading.dialect), (field.raw, field.syntax.delimiters)
    doctors = known.get(key)
    if doctors is None:
        doctors = [_doctor(reading, parts) for parts in repetitions_of(field, hd=_AUTHORITY)]
        rules = reading.dialect.practitioners
        if rules.is_one_person and len(doctors) > 1:
            doctors = [*_joined(doctors, [rule.system for rule in rules.identifiers])]
        if len(known) >= _MOST:
            known.clear()
        known[key] = doctors
    return doctors


def _doctor(reading: Reading, parts: Parts) -> _Doctor:
    code, *names, _, _, authority = parts.upto(_AUTHORITY)
    name = name_parts(*names)
    if not code:
        return _told((), name)
    return _told(((_system(reading.dialect.practitioners, code, authority, parts.part(_TYPE)), code),), name)


def _told(numbers: Sequence[tuple[str, str]], name: Resource) -> _Doctor:
    misshapen = [
        system for system, code in numbers if system in _SHAPES and not _pattern(_SHAPES[system]).fullmatch(code)
    ]
    told: Resource = {"identifier": [{"system": system, "value": code} for system, code in numbers]}
    return _Doctor(numbers, name, display_of(name), misshapen, told | ({"name": [name]} if name else {}))


def _joined(doctors: Sequence[_Doctor], best: Sequence[str]) -> Iterator[_Doctor]:
    """Doctors of one family and given name as one, but where titles differ or a system has two codes: those are several."""
    by_name: dict[object, list[_Doctor]] = {}
    for doctor in doctors:
        by_name.setdefault(_whole_name(doctor.name) or id(doctor), []).append(doctor)
    ranks = {system: rank for rank, system in enumerate(reversed(best), start=1)}
    for same in by_name.values():
        numbers = dict.fromkeys(number for doctor in same for number in doctor.numbers)
        titles = {doctor.name["prefix"][0] for doctor in same if "prefix" in doctor.name}
        if len({system for system, _ in numbers}) < len(numbers) or len(titles) > 1:
            yield from same
        else:
            name = next((doctor.name for doctor in same if "prefix" in doctor.name), same[0].name)
            yield _told(sorted(numbers, key=lambda number: -ranks.get(number[0], 0)), name)


def _whole_name(name: Resource) -> tuple[str, str] | None:
    """Family and given name; None where they are not both there."""
    family, given = name.get("family"), name.get("given")
    return (family, given[0]) if family and given else None


def _reference(reading: Reading, doctor: _Doctor) -> Resource | None:
    display = doctor.display
    if not doctor.numbers:
        return {"type": "Practitioner", "display": display} if display else None
    id_ = reading.ids.other("Practitioner", *doctor.numbers[0])
    reading.add(Draft({"resourceType": "Practitioner", "id": id_, **doctor.told}))
    return {"reference": f"Practitioner/{id_}", "display": display} if display else {"reference": f"Practitioner/{id_}"}


def _system(rules: Practitioners, code: str, authority: str, kind: str) -> str:
    for rule in rules.identifiers:
        if (
            (rule.pattern is None or _pattern(rule.pattern).fullmatch(code))
            and (rule.authority is None or rule.authority == authority)
            and (rule.type is None or rule.type == kind)
        ):
            return rule.system
    return filled(rules.local_system, authority or kind)


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
