"""Codes: a sender's codes by a dialect's tables, and coded values (CE, CWE) as they came."""

import re
from functools import lru_cache
from urllib.parse import quote

from tabard.dialect.parts import Parts, first_of
from tabard.dialect.reading import Reading
from tabard.dialect.schema import CodeTable
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_MOST = 4096
"""Codes of one dialect remembered; a sender that makes them up must not fill the memory."""


def concept(reading: Reading, table: CodeTable, value: Parts, place: str) -> Resource | None:
    """The CodeableConcept of a code and its text; an unknown code is kept as text only, and flagged.

    A word that stands for a code is kept as the text, where there is no other.
    """
    sent, text = value.part(1), value.part(2)
    if not sent:
        return {"text": text} if text else None
    return _concept(reading, table, sent, text, place)


def _concept(reading: Reading, table: CodeTable, sent: str, text: str, place: str) -> Resource:
    word = reading.word(sent)
    code = table.codes.get(word, sent)
    display = table.display.get(code)
    if display:
        coding = {"system": table.system, "code": code, "display": display}
    elif display is not None or word in table.codes or code in table.known or _is_open(table, code):
        coding = {"system": table.system, "code": code}
    else:
        if word not in table.unmapped:
            reading.flag("unknown-code", place, f"a code of {table.system}")
        return {"text": text or sent}
    if code != sent:
        text = text or sent
    return {"coding": [coding], "text": text} if text else {"coding": [coding]}


def concept_in(reading: Reading, table: CodeTable, segment: Segment, n: int) -> Resource | None:
    """The CodeableConcept in field `n` of the segment."""
    field = segment.field(n)
    return concept_of(reading, table, field, f"{segment.name}-{n}") if field.raw else None


def concept_of(reading: Reading, table: CodeTable, field: Field, place: str) -> Resource | None:
    """The CodeableConcept in a field that holds something."""
    sent = field.raw
    if not sent.isalnum():
        return concept(reading, table, first_of(field), place)
    # Most fields: one code and no words beside it. What a known one means is made once.
    name, known = (id(table), sent), reading.concepts
    told = known.get(name)
    if told is None:
        told = _concept(reading, table, sent, "", place)
        if "coding" in told and len(known) < _MOST:
            known[name] = told
    return told


def coded(reading: Reading, value: Parts) -> Resource | None:
    """The CodeableConcept of a CE or CWE as the sender coded it. Source: HL7 v2.4, 2.9.3 "CE", 2.9.11 "CWE".

    Components 4 to 6 say the same as 1 to 3 in another system; 7 and 8 are the systems' versions, and 9 is what was coded,
    in its author's words.
    """
    code, words, system, other_code, other_words, other_system, version, other_version, original = value.upto(9)
    codings = [_coding(reading, code, words, system, version)] if code else []
    if other_code:
        codings.append(_coding(reading, other_code, other_words, other_system, other_version))
    told: Resource = {"coding": codings} if codings else {}
    if text := original or words or other_words:
        told["text"] = text
    return told or None


@lru_cache(maxsize=1024)
def filled(template: str, owner: str) -> str:
    """A system made from a template of the dialect, with `{}` in it replaced by whose numbers or codes they are.

    What is filled in is percent-encoded, so that it stays a URI; without an owner the colon before it goes too.
    """
    return template.replace("{}", quote(owner, safe="")).removesuffix(":")


def _is_open(table: CodeTable, code: str) -> bool:
    return table.is_open and (table.shape is None or _shape(table.shape).fullmatch(code) is not None)


@lru_cache(maxsize=256)
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _coding(reading: Reading, code: str, display: str, name: str, version: str) -> Resource:
    results = reading.dialect.results
    system = results.coding_systems.get(name) or (filled(results.local_coding_system, name) if name else None)
    coding = {"system": system} if system else {}
    if version:
        coding["version"] = version
    coding["code"] = code
    if display:
        coding["display"] = display
    return coding
