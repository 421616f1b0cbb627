"""Background: where a patient comes from, what they believe, and which language they speak. Source: HL7 v2.4, 3.4.2 "PID"."""

from tabard.dialect.codes import concept_in
from tabard.dialect.extensions import UK_CORE, extension, source_text
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_MOTHER, _LANGUAGE, _RELIGION, _ETHNIC, _BIRTH_PLACE, _IS_MULTIPLE, _BIRTH_ORDER = 6, 15, 17, 22, 23, 24, 25
_CITIZENSHIP, _NATIONALITY = 26, 28
_MOST_DIGITS = 2
_CORE = "http://hl7.org/fhir/StructureDefinition/patient-"
_ETHNIC_URL = f"{UK_CORE}EthnicCategory"
_FIELDS = (
    (_ETHNIC, _ETHNIC_URL),
    (_MOTHER, f"{_CORE}mothersMaidenName"),
    (_RELIGION, f"{_CORE}religion"),
    (_BIRTH_PLACE, f"{_CORE}birthPlace"),
    (_CITIZENSHIP, f"{_CORE}citizenship"),
    (_NATIONALITY, f"{_CORE}nationality"),
)

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
    for n, url in _FIELDS:
        field = pid.field(n)
        if not field.raw:
            continue
        if reading.clears(field):
            draft.cleared.add(f"extension:{url}")
        elif value := _value(reading, pid, n):
            told.append({"url": url, **value})
    return told


def _value(reading: Reading, pid: Segment, n: int) -> Resource | None:
    rules = reading.dialect.person
    if n == _ETHNIC:
        said = concept_in(reading, rules.ethnic_category, pid, n)
        return {"valueCodeableConcept": said} if said else None
    if n == _MOTHER:
        name = first_of(pid.field(n)).part(1)
        return {"valueString": name} if name else None
    if n == _BIRTH_PLACE:
        text = first_of(pid.field(n)).part(1)
        return {"valueAddress": {"text": text}} if text else None
    table = rules.religion if n == _RELIGION else rules.nationality
    said = concept_in(reading, table, pid, n) if table is not None else None
    if said is None or n == _RELIGION:
        return {"valueCodeableConcept": said} if said else None
    return {"extension": [extension("code", valueCodeableConcept=said)]}


def put_language(reading: Reading, draft: Drafting, pid: Segment) -> None:
    """Put the language to speak with the patient in."""
    table, field = reading.dialect.person.language, pid.field(_LANGUAGE)
    if table is None or not field.raw:
        return
    if reading.clears(field):
        draft.cleared.add("communication")
    elif said := concept_in(reading, table, pid, _LANGUAGE):
        draft.put("communication", [{"language": said, "preferred": True}])


def put_birth_order(reading: Reading, draft: Drafting, pid: Segment) -> None:
    """Put whether the patient is a twin, or which one. FHIR holds one of the two: the other goes."""
    order, multiple = pid.field(_BIRTH_ORDER), pid.field(_IS_MULTIPLE)
    if not order.raw and not multiple.raw:
        return
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
