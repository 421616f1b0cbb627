"""What else is known of a visit: its type and reason, what is expected, and the fields that a dialect makes extensions of.

Source: HL7 v2.4, 3.4.3 "PV1", 3.4.4 "PV2"; ITK, ZU1, ZU3 and ZU4; FHIR R5, Encounter.plannedStartDate and plannedEndDate.
"""

from tabard.dialect.codes import coded, concept_in, concept_of
from tabard.dialect.extensions import source_text
from tabard.dialect.parts import first_of
from tabard.dialect.per_dialect import PerDialect
from tabard.dialect.places import place_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.schema import Dialect, VisitField
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_TYPE, _REASON = 18, 3
_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter."
_EXPECTED = {
    "PV2-8": VisitField(f"{_R5}plannedStartDate", "moment"),
    "PV2-9": VisitField(f"{_R5}plannedEndDate", "moment"),
}

PV2_FIELDS = frozenset({_REASON, 8, 9})
"""The fields of PV2 that are read here whatever the dialect."""


def put_details(reading: Reading, draft: Drafting, pv1: Segment) -> list[Resource]:
    """Put type and reason; gives what becomes extensions of the visit."""
    types = reading.dialect.visits.patient_type
    if types is not None and (field := pv1.field(_TYPE)).raw:
        if reading.clears(field):
            draft.cleared.add("type")
        elif said := concept_in(reading, types, pv1, _TYPE):
            draft.put("type", [said])
    told: list[Resource | None] = []
    if (pv2 := reading.first("PV2")) is not None:
        _reason(reading, draft, pv2)
    for name, rules in _by_segment(reading.dialect):
        if (segment := reading.first(name)) is not None:
            texts = segment.texts
            told += [
                _extension(reading, draft, segment.field(n), place, rule)
                for n, place, rule in rules
                if n < len(texts) and texts[n]
            ]
    return [one for one in told if one is not None]


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


_Rules = list[tuple[int, str, VisitField]]


def _grouped(dialect: Dialect) -> list[tuple[str, _Rules]]:
    """What is expected and the dialect's further fields, by their segment: each by its number, its place and what becomes of it."""
    found: dict[str, _Rules] = {}
    for place, rule in (*_EXPECTED.items(), *dialect.visits.extensions.items()):
        name, n = place_of(place)
        found.setdefault(name, []).append((n, place, rule))
    return [*found.items()]


_by_segment = PerDialect(_grouped)


def _extension(reading: Reading, draft: Drafting, field: Field, place: str, rule: VisitField) -> Resource | None:
    if reading.may_clear and reading.clears(field):
        draft.cleared.add(f"extension:{rule.url}")
        return None
    if rule.codes is not None and rule.kind == "code":
        said = concept_of(reading, rule.codes, field, place)
        return {"url": rule.url, "valueCodeableConcept": said} if said else None
    if rule.kind == "moment":
        return _moment(reading, field, place, rule.url)
    text = field.text.strip()
    return {"url": rule.url, "valueString": text} if text else None


def _moment(reading: Reading, field: Field, place: str, url: str) -> Resource | None:
    """A time as an extension; one that cannot be read is kept as it was sent, and flagged."""
    if moment := reading.moment(field, place):
        return {"url": url, "valueDateTime": moment.text}
    text = field.text.strip()
    return {"url": url, "_valueDateTime": source_text(text)} if text else None
