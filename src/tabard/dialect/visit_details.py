"""What else is known of a visit: its type and reason, what is expected, and the fields that a dialect makes extensions of.

Source: HL7 v2.4, 3.4.3 "PV1", 3.4.4 "PV2"; ITK, ZU1, ZU3 and ZU4; FHIR R5, Encounter.plannedStartDate and plannedEndDate.
"""

from collections.abc import Iterator

from tabard.dialect.codes import coded, concept, concept_in
from tabard.dialect.extensions import source_text
from tabard.dialect.parts import first_of
from tabard.dialect.places import place_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.schema import VisitField
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_TYPE, _REASON = 18, 3
_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter."
_EXPECTED = ((8, f"{_R5}plannedStartDate"), (9, f"{_R5}plannedEndDate"))

PV2_FIELDS = frozenset({_REASON, *[n for n, _ in _EXPECTED]})
"""The fields of PV2 that are read here whatever the dialect."""


def put_details(reading: Reading, draft: Drafting, pv1: Segment) -> list[Resource]:
    """Put type and reason; gives what becomes extensions of the visit."""
    types = reading.dialect.visits.patient_type
    field = pv1.field(_TYPE)
    if types is not None and field.raw:
        if reading.clears(field):
            draft.cleared.add("type")
        elif said := concept_in(reading, types, pv1, _TYPE):
            draft.put("type", [said])
    told: list[Resource] = []
    if (pv2 := reading.message.first("PV2")) is not None:
        _reason(reading, draft, pv2)
        for n, url in _EXPECTED:
            told += _moment(reading, draft, pv2.field(n), f"PV2-{n}", url)
    return told + [
        one for place, rule in reading.dialect.visits.extensions.items() for one in _of(reading, draft, place, rule)
    ]


def _reason(reading: Reading, draft: Drafting, pv2: Segment) -> None:
    field = pv2.field(_REASON)
    if reading.clears(field):
        draft.cleared.add("reasonCode")
    elif field.raw and (said := coded(reading, first_of(field))):
        draft.put("reasonCode", [_as_words(said)])


def _as_words(said: Resource) -> Resource:
    """A reason that names no coding system is words: most senders write it by hand."""
    codings = said.get("coding", ())
    if any("system" in one for one in codings) or "text" in said:
        return said
    return {"text": codings[0]["code"]}


def _of(reading: Reading, draft: Drafting, place: str, rule: VisitField) -> Iterator[Resource]:
    name, n = place_of(place)
    segment = reading.message.first(name)
    if segment is None:
        return
    field = segment.field(n)
    if not field.raw:
        return
    if rule.kind == "moment":
        yield from _moment(reading, draft, field, place, rule.url)
    elif reading.clears(field):
        draft.cleared.add(f"extension:{rule.url}")
    elif rule.kind == "code" and rule.codes is not None:
        if said := concept(reading, rule.codes, first_of(field), place):
            yield {"url": rule.url, "valueCodeableConcept": said}
    elif text := field.text.strip():
        yield {"url": rule.url, "valueString": text}


def _moment(reading: Reading, draft: Drafting, field: Field, place: str, url: str) -> Iterator[Resource]:
    """A time as an extension; one that cannot be read is kept as it was sent, and flagged."""
    if not field.raw:
        return
    if reading.clears(field):
        draft.cleared.add(f"extension:{url}")
    elif moment := reading.moment(field, place):
        yield {"url": url, "valueDateTime": moment.text}
    elif text := field.text.strip():
        yield {"url": url, "_valueDateTime": source_text(text)}
