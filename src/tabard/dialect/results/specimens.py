"""Specimens: what was examined, told in words: Tabard keeps no specimens. Source: HL7 v2.4, 7.4.1.15; v2.5.1, 7.4.3 "SPM"."""

from collections.abc import Iterator

from tabard.dialect.parts import Parts, first_of
from tabard.dialect.reading import Reading
from tabard.dialect.results.groups import Group
from tabard.dialect.results.numbers import number
from tabard.fhir.json import Resource
from tabard.hl7v2 import Component, Field, Segment

_SOURCE = 15
_ID, _TYPE, _SITE = 2, 4, 8
_TEXT, _BODY_SITE = 3, 4
"""Components of OBR-15: what else is said of the specimen, and where it was taken."""


def specimens(reading: Reading, group: Group) -> list[Resource]:
    """A reference a specimen: by SPM where there is one, else by OBR-15."""
    told = [one for spm in group.specimens if (one := _specimen(reading, spm))]
    if told or group.obr is None:
        return told
    words = [*_source(group.obr.field(_SOURCE))]
    return [{"type": "Specimen", "display": ", ".join(words)}] if words else []


def _specimen(reading: Reading, spm: Segment) -> Resource | None:
    words = [text for n in (_TYPE, _SITE) if (text := _words(first_of(spm.field(n))))]
    ids = spm.field(_ID)
    placer, filler = (Parts(ids.component(n).subcomponents) for n in (1, 2))
    system = reading.dialect.results.order_system
    known = number(system, filler) or number(system, placer)
    told = ({"display": ", ".join(words)} if words else {}) | ({"identifier": known} if known else {})
    return {"type": "Specimen", **told} if told else None


def _source(field: Field) -> Iterator[str]:
    if not field.raw:
        return
    parts = first_of(field)
    for text in (_name(field.component(1)), parts.part(_TEXT), _name(field.component(_BODY_SITE))):
        if text:
            yield text


def _name(component: Component) -> str:
    """The text of a code that stands in one component, else the code."""
    code, text, *_ = (*component.subcomponents, "", "")
    return (text or code).strip()


def _words(parts: Parts) -> str:
    return parts.part(2) or parts.part(1)
