"""Telecoms: XTN to ContactPoint. English senders put the whole number into XTN-1. Source: HL7 v2.4, 2.9.52 "XTN"."""

from tabard.dialect.parts import Parts, repetitions_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_MOBILE = frozenset({"CP"})


def read_telecoms(reading: Reading, field: Field, use: str) -> list[Resource]:
    """The numbers in one field, each once; `use` is what the field is for, unless XTN-2 says otherwise or must say it."""
    told: list[Resource] = []
    for parts in repetitions_of(field):
        point = _point(reading, parts, use)
        if point and point not in told and ("use" in point or not _is_told(point, told)):
            told.append(point)
    return told


def _is_told(point: Resource, told: list[Resource]) -> bool:
    """Whether the number is there already, with a use."""
    return any(point.items() <= one.items() for one in told)


def _point(reading: Reading, parts: Parts, use: str) -> Resource | None:
    rules = reading.dialect.telecoms
    number, sent_use, equipment, email = parts.upto(4)
    default = None if rules.is_use_told else use
    known = "mobile" if equipment in _MOBILE else rules.uses.get(reading.word(sent_use), default)
    if number and number not in rules.placeholders:
        told = {"system": rules.systems.get(reading.word(equipment), "phone"), "value": number}
    elif email:
        told = {"system": "email", "value": email}
    else:
        return None
    if known:
        told["use"] = known
    return told
