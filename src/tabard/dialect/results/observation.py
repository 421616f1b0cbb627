"""Observation: one OBX and the notes below it, whole: what a corrected result no longer says must go.

Source: HL7 v2.4, 7.4.2 "OBX"; UK Core, Observation.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from tabard.dialect.codes import coded, concept
from tabard.dialect.extensions import absent
from tabard.dialect.model import Draft
from tabard.dialect.parts import Parts, first_of, lines_of, repetitions_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.results.groups import Result
from tabard.dialect.results.performers import OBSERVER, PERFORMING, PRODUCER, performers
from tabard.dialect.results.units import unit_of
from tabard.dialect.results.values import quantity, read_value
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_SUB_ID, _UNIT, _RANGE, _INTERPRETATION, _STATUS, _AT, _METHOD = 4, 6, 7, 8, 11, 14, 17
_BETWEEN = re.compile(r"\[?\s*(-?\d+(?:\.\d+)?)\s*-\s*(-?\d+(?:\.\d+)?)\s*\]?", re.ASCII)

_ALL = frozenset(
    {
        *("category", "code", "encounter", "interpretation", "note", "referenceRange", "dataAbsentReason", "status"),
        *("effectiveDateTime", "_effectiveDateTime", "specimen", "performer", "method", "derivedFrom", "_valueString"),
        *(f"value{kind}" for kind in ("Quantity", "String", "CodeableConcept", "Range", "Ratio", "DateTime", "Time")),
        *("_valueDateTime", "_valueTime", "valuePeriod"),
    }
)
"""Every element that this file may put."""


_T = TypeVar("_T")


class Order(msgspec.Struct, frozen=True):
    """What the results below one OBR have in common: whose they are, which report, and its defaults."""

    key: tuple[str, ...]
    subject: Resource
    encounter: Resource | None
    category: list[Resource]
    effective: str | None
    specimen: Resource | None
    derived_from: list[Resource]
    told: dict[tuple[int | str, ...], Any]
    """What a field of the same number and text said before: units, marks and performers repeat from line to line."""


def observation(reading: Reading, order: Order, result: Result, code: Parts, occurrence: int) -> Draft:
    """One result of `code` (OBX-3). `occurrence` counts results of the same code and sub-id in the order, from 0."""
    obx = result.obx
    draft = Drafting("Observation", observation_id(reading, order.key, code, obx.field(_SUB_ID).text, occurrence))
    put = draft.put
    put("status", _status(reading, obx))
    put("category", order.category)
    put("code", _code(reading, code))
    put("subject", order.subject)
    put("encounter", order.encounter)
    at = obx.field(_AT)
    if reading.put_moment(draft, "effectiveDateTime", at, "OBX-14") is None and at.is_absent:
        put("effectiveDateTime", order.effective)
    unit = _once(order, reading, obx, _UNIT, unit_of)
    draft.resource.update(read_value(reading, obx, unit))
    _judgement(reading, draft, obx, order, unit)
    _makers(reading, draft, obx, order)
    if result.notes and (text := note_text(result.notes)):
        put("note", [{"text": text}])
    put("specimen", order.specimen)
    put("derivedFrom", order.derived_from)
    return Draft(draft.resource, _ALL.difference(draft.resource))


def observation_id(reading: Reading, key: Sequence[str], code: Parts, sub_id: str, occurrence: int) -> str:
    """The id of a result: its order's key, its code and sub-id, and which of several such it is."""
    return reading.ids.other("Observation", *key, code.part(3), code.part(1), sub_id, str(occurrence))


def note_text(notes: Sequence[Segment]) -> str:
    """The text of NTE segments, a line each. Source: HL7 v2.4, 2.16.10 "NTE"."""
    return "\n".join(lines_of(note.field(3)) for note in notes).strip()


def _once(order: Order, reading: Reading, obx: Segment, n: int, read: Callable[[Reading, Field], _T]) -> _T:
    """What field `n` says, read once for all lines of the order in which it says the same."""
    field = obx.field(n)
    key = (n, field.raw)
    told: _T | None = order.told.get(key)
    if told is None:
        told = order.told[key] = read(reading, field)
    return told


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


def _makers(reading: Reading, draft: Drafting, obx: Segment, order: Order) -> None:
    """How the result was made, and by whom."""
    key = (obx.field(PRODUCER).raw, obx.field(OBSERVER).raw, obx.field(PERFORMING).raw)
    if any(key):
        if key not in order.told:
            order.told[key] = performers(reading, obx)
        draft.put("performer", order.told[key])
    draft.put("method", _once(order, reading, obx, _METHOD, _method))


def _method(reading: Reading, field: Field) -> Resource | None:
    return coded(reading, first_of(field))


def _judgement(reading: Reading, draft: Drafting, obx: Segment, order: Order, unit: Resource) -> None:
    draft.put("interpretation", _once(order, reading, obx, _INTERPRETATION, _marks))
    if text := lines_of(obx.field(_RANGE)).strip():
        draft.put("referenceRange", [_range(text, unit)])


def _marks(reading: Reading, field: Field) -> list[Resource]:
    table = reading.dialect.results.interpretation
    return [mark for one in repetitions_of(field) if (mark := concept(reading, table, one, "OBX-8"))]


def _range(text: str, unit: Resource) -> Resource:
    """The range as sent, and its two ends where it plainly has two that ascend."""
    told = _BETWEEN.fullmatch(text)
    if told is None or Decimal(told[1]) > Decimal(told[2]):
        return {"text": text}
    low, high = quantity(told[1], unit), quantity(told[2], unit)
    return {"low": low, "high": high, "text": text} if low and high else {"text": text}
