"""Background: where a patient comes from, what they believe, and which language they speak. Source: HL7 v2.4, 3.4.2 "PID"."""

from tabard.dialect.codes import concept_of
from tabard.dialect.extensions import UK_CORE, extension, source_text
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_MOTHER, _LANGUAGE, _RELIGION, _ETHNIC, _BIRTH_PLACE, _IS_MULTIPLE, _BIRTH_ORDER = 6, 15, 17, 22, 23, 24, 25
_CITIZENSHIP, _NATIONALITY = 26, 28
_MOST_DIGITS = 2
_CORE = "http://hl7.org/fhir/StructureDefinition/patient-"

FIELDS = frozenset({_MOTHER, _ETHNIC, _BIRTH_PLACE, _IS_MULTIPLE, _BIRTH_ORDER})
"""The fields of PID that are read here whatever the dialect."""

BY_DIALECT = (
    ("language", _LANGUAGE),
    ("religion", _RELIGION),
    ("nationality", _CITIZENSHIP),
    ("nationality", _NATIONALITY),
)
"""The fields of PID that are read where the dialect has the table."""


def background(reading: Reading, draft: Drafting, pid: Segment) -> list[Resource]:
    """What becomes extensions of the patient."""
    told: list[Resource] = []
    texts = pid.texts
    for n, place, url, value_of in _FIELDS:
        if n >= len(texts) or not texts[n]:
            continue
        field = pid.field(n)
        if reading.may_clear and reading.clears(field):
            draft.cleared.add(f"extension:{url}")
        elif value := value_of(reading, field, place):
            told.append({"url": url, **value})
    return told


def _ethnic(reading: Reading, field: Field, place: str) -> Resource | None:
    said = concept_of(reading, reading.dialect.person.ethnic_category, field, place)
    return {"valueCodeableConcept": said} if said else None


def _religion(reading: Reading, field: Field, place: str) -> Resource | None:
    table = reading.dialect.person.religion
    said = concept_of(reading, table, field, place) if table is not None else None
    return {"valueCodeableConcept": said} if said else None


def _nation(reading: Reading, field: Field, place: str) -> Resource | None:
    table = reading.dialect.person.nationality
    said = concept_of(reading, table, field, place) if table is not None else None
    return {"extension": [extension("code", valueCodeableConcept=said)]} if said else None


def _mother(_reading: Reading, field: Field, _place: str) -> Resource | None:
    name = first_of(field).part(1)
    return {"valueString": name} if name else None


def _birth_place(_reading: Reading, field: Field, _place: str) -> Resource | None:
    text = first_of(field).part(1)
    return {"valueAddress": {"text": text}} if text else None


_FIELDS = (
    (_ETHNIC, "PID-22", f"{UK_CORE}EthnicCategory", _ethnic),
    (_MOTHER, "PID-6", f"{_CORE}mothersMaidenName", _mother),
    (_RELIGION, "PID-17", f"{_CORE}religion", _religion),
    (_BIRTH_PLACE, "PID-23", f"{_CORE}birthPlace", _birth_place),
    (_CITIZENSHIP, "PID-26", f"{_CORE}citizenship", _nation),
    (_NATIONALITY, "PID-28", f"{_CORE}nationality", _nation),
)
"""Fields of PID, their places, the extension each becomes, and how it is told."""


def put_language(reading: Reading, draft: Drafting, pid: Segment) -> None:
    """Put the language to speak with the patient in."""
    table, field = reading.dialect.person.language, pid.field(_LANGUAGE)
    if table is None or not field.raw:
        return
    if reading.clears(field):
        draft.cleared.add("communication")
    elif said := concept_of(reading, table, field, "PID-15"):
        draft.put("communication", [{"language": said, "preferred": True}])


def put_birth_order(reading: Reading, draft: Drafting, pid: Segment) -> None:
    """Put whether the patient is a twin, or which one. FHIR holds one of the two: the other goes."""
    if not any(pid.texts[_IS_MULTIPLE : _BIRTH_ORDER + 1]):
        return
    order, multiple = pid.field(_BIRTH_ORDER), pid.field(_IS_MULTIPLE)
    rules = reading.dialect.person
    sent, word = order.text.strip(), reading.word(multiple.text.strip())
    if sent.isascii() and sent.isdigit() and len(sent) <= _MOST_DIGITS and int(sent):
        draft.put("multipleBirthInteger", int(sent))
        draft.cleared.add("multipleBirthBoolean")
    elif word in rules.yes or word in rules.no:
        draft.put("multipleBirthBoolean", word in rules.yes)
        draft.cleared.add("multipleBirthInteger")
    elif word or sent not in {"", "0"}:
        reading.flag("unknown-code", "PID-24" if word else "PID-25", "yes or no, or the number of the birth")
        draft.put("_multipleBirthBoolean", source_text(word or sent))
    if reading.clears(order) or reading.clears(multiple):
        draft.cleared.update(("multipleBirthInteger", "multipleBirthBoolean"))
