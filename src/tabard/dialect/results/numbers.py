"""Numbers: those by which orders, appointments and documents are known (EI), and references that name nothing but a number.

Source: HL7 v2.4, 2.9.17 "EI - entity identifier"; FHIR R4, 2.3.0.2 "logical references".
"""

from tabard.dialect.codes import filled
from tabard.dialect.parts import Parts, first_of
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
PLACER, FILLER, GROUP = "PLAC", "FILL", "PGN"
"""Whose number it is: of who asks, of who does it, or of the group asked for together. Source: HL7 table 0203."""


def number(system: str, parts: Parts, kind: str = "") -> Resource | None:
    """The identifier in an EI: its value, and its application filled into `system`; None where there is no value."""
    if not parts.part(1):
        return None
    told: Resource = {"type": {"coding": [{"system": _TYPES, "code": kind}]}} if kind else {}
    return {**told, "system": filled(system, parts.part(2)), "value": parts.part(1)}


def number_in(system: str, segment: Segment | None, n: int, kind: str = "") -> Resource | None:
    """The identifier in field `n` of the segment, if there is one."""
    return None if segment is None else number(system, first_of(segment.field(n)), kind)


def kind_of(identifier: Resource) -> str:
    """What kind of number it is."""
    return str(identifier["type"]["coding"][0]["code"])


def distinct(identifiers: list[Resource | None]) -> list[Resource]:
    """Those that are there, each once."""
    told: list[Resource] = []
    for one in identifiers:
        if one is not None and one not in told:
            told.append(one)
    return told


def logical(type: str, identifier: Resource) -> Resource:  # noqa: A002  FHIR's word
    """A reference by number to what may not be in the record."""
    return {"type": type, "identifier": {name: identifier[name] for name in ("system", "value")}}
