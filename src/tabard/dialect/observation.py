"""Observation: one OBX and the notes below it, whole: what a corrected result no longer says must go.

Source: HL7 v2.4, 7.4.2 "OBX"; UK Core, Observation.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from tabard.dialect.codes import coded, concept
from tabard.dialect.extensions import absent
from tabard.dialect.model import Draft
from tabard.dialect.parts import Parts, first_of, lines_of, repetitions_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.values import quantity, read_value
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_CODE, _SUB_ID, _UNIT, _RANGE, _INTERPRETATION, _STATUS, _AT = 3, 4, 6, 7, 8, 11, 14
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_BETWEEN = re.compile(r"\[?\s*(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)\s*\]?", re.ASCII)

_ALL = frozenset(
    {
        *("category", "code", "encounter", "interpretation", "note", "referenceRange", "dataAbsentReason", "status"),
        *("effectiveDateTime", "_effectiveDateTime", "_valueDateTime", "_valueTime"),
        *(f"value{kind}" for kind in ("Quantity", "String", "CodeableConcept", "Range", "Ratio", "DateTime", "Time")),
    }
)
"""Every element that this file may put."""


class Order(msgspec.Struct, frozen=True):
    """What the results below one OBR have in common: whose they are, which report, and its defaults."""

    key: tuple[str, ...]
    subject: Resource
    encounter: Resource | None
    category: str
    effective: str | None


def observation(reading: Reading, order: Order, obx: Segment, notes: Sequence[Segment], occurrence: int) -> Draft:
    """One result. `occurrence` counts results of the same code and sub-id in the order, from 0."""
    code = first_of(obx.field(_CODE))
    id_ = reading.ids.other(
        "Observation", *order.key, code.part(3), code.part(1), obx.field(_SUB_ID).text, str(occurrence)
    )
    draft = Drafting("Observation", id_)
    draft.put("status", _status(reading, obx))
    draft.put("category", [{"coding": [{"system": _CATEGORY, "code": order.category}]}])
    draft.put("code", _code(reading, code))
    draft.put("subject", order.subject)
    draft.put("encounter", order.encounter)
    if reading.put_moment(draft, "effectiveDateTime", obx.field(_AT), "OBX-14") is None and obx.field(_AT).is_absent:
        draft.put("effectiveDateTime", order.effective)
    draft.resource.update(read_value(reading, obx))
    _judgement(reading, draft, obx)
    draft.put("note", [{"text": text}] if (text := note_text(notes)) else None)
    draft.cleared.update(_ALL)
    return draft.done()


def note_text(notes: Sequence[Segment]) -> str:
    """The text of NTE segments, a line each. Source: HL7 v2.4, 2.16.10 "NTE"."""
    return "\n".join(lines_of(note.field(3)) for note in notes).strip()


def sub_key(obx: Segment) -> tuple[str, str]:
    """What tells results of one order apart: the code and the sub-id."""
    return first_of(obx.field(_CODE)).part(1), obx.field(_SUB_ID).text


def _status(reading: Reading, obx: Segment) -> str:
    sent = obx.field(_STATUS).text.strip()
    status = reading.dialect.results.observation_status.get(sent)
    if status is None:
        reading.flag("unknown-code" if sent else "missing", "OBX-11", "a result status that the dialect knows")
    return status or "unknown"


def _code(reading: Reading, code: Parts) -> Resource:
    told = coded(reading, code)
    if told is None:
        reading.flag("missing", "OBX-3", "what was observed")
    return told or absent()


def _judgement(reading: Reading, draft: Drafting, obx: Segment) -> None:
    marks = [
        concept(reading, reading.dialect.results.interpretation, one, "OBX-8")
        for one in repetitions_of(obx.field(_INTERPRETATION))
    ]
    draft.put("interpretation", [mark for mark in marks if mark])
    if text := lines_of(obx.field(_RANGE)).strip():
        draft.put("referenceRange", [_range(reading, text, first_of(obx.field(_UNIT)))])


def _range(reading: Reading, text: str, unit: Parts) -> Resource:
    """The range as sent, and its two ends where it plainly has two that ascend."""
    told = _BETWEEN.fullmatch(text)
    if told is None or Decimal(told[1]) > Decimal(told[2]):
        return {"text": text}
    low, high = quantity(reading, told[1], unit), quantity(reading, told[2], unit)
    return {"low": low, "high": high, "text": text} if low and high else {"text": text}
