"""Values: what OBX-5 holds, by its type in OBX-2, to a FHIR value that is neither rounded nor guessed at.

Source: HL7 v2.4, 7.4.2 "OBX"; FHIR R4, Observation.value[x].
"""

import re
from collections.abc import Callable
from decimal import Decimal

from tabard.dialect.codes import coded
from tabard.dialect.dates import read_moment
from tabard.dialect.extensions import source_text
from tabard.dialect.parts import Parts, first_of, lines_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_TYPE, _VALUE, _UNIT = 2, 5, 6
_NUMBER = re.compile(r"(?P<comparator><=|>=|<|>)?\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)?", re.ASCII)
_COMPARATORS = {"<", "<=", ">", ">="}
_LONGEST = 18
"""Digits that FHIR asks every reader to keep; a longer number stays text. Source: FHIR R4, 2.24.0.1 (decimal)."""

_UCUM = "http://unitsofmeasure.org"


def read_value(reading: Reading, obx: Segment) -> Resource:
    """The element with the value, such as `{"valueQuantity": ...}`; a dataAbsentReason when nothing was sent."""
    field = obx.field(_VALUE)
    if field.is_absent or not lines_of(field).strip():
        return {"dataAbsentReason": _reason("unknown")}
    kind = obx.field(_TYPE).text.strip()
    read = _READERS.get(kind)
    if read is not None:
        return read(reading, obx, field)
    if kind in _NOT_HELD:
        reading.flag("not-mapped", "OBX-5", "a value type that this version reads")
        return {"dataAbsentReason": _reason("unsupported")}
    reading.flag("unknown-code", "OBX-2", "a value type that this version reads")
    return _text(reading, obx, field)


def quantity(reading: Reading, number: str, unit: Parts, comparator: str | None = None) -> Resource | None:
    """A Quantity with every digit that was sent; None when `number` is none."""
    told = _NUMBER.fullmatch(number)
    digits = sum(character.isdigit() for character in number)
    if told is None or digits > _LONGEST:
        return None
    comparator = comparator or told["comparator"]
    return {
        "value": Decimal(told["number"]),
        **({"comparator": comparator} if comparator else {}),
        **_unit(reading, unit),
    }


def _unit(reading: Reading, unit: Parts) -> Resource:
    code, text = unit.part(1), unit.part(2)
    if not code and not text:
        return {}
    ucum = reading.dialect.results.ucum.get(code) or (code if unit.part(3) == "UCUM" else None)
    return {"unit": text or code} | ({"system": _UCUM, "code": ucum} if ucum else {})


def _reason(code: str) -> Resource:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": code}]}


def _text(_reading: Reading, _obx: Segment, field: Field) -> Resource:
    return {"valueString": lines_of(field)}


def _number(reading: Reading, obx: Segment, field: Field) -> Resource:
    """The whole field is the number, or it is none: `5^6` is not 5."""
    told = quantity(reading, lines_of(field).strip(), first_of(obx.field(_UNIT)))
    if told is not None:
        return {"valueQuantity": told}
    reading.flag("bad-number", "OBX-5", "one number, perhaps after < or >")
    return _text(reading, obx, field)


def _structured(reading: Reading, obx: Segment, field: Field) -> Resource:
    """SN: comparator, number, separator, number. Source: HL7 v2.4, 2.9.40 "SN"."""
    parts, unit = first_of(field), first_of(obx.field(_UNIT))
    comparator, first, separator, second = (parts.part(n) for n in range(1, 5))
    one = quantity(reading, first, unit, comparator if comparator in _COMPARATORS else None)
    other = quantity(reading, second, unit) if second else None
    if one and not separator and comparator in {"", "=", *_COMPARATORS}:
        return {"valueQuantity": one}
    if one and other and separator == "-" and not comparator:
        return {"valueRange": {"low": one, "high": other}}
    if one and other and separator in {":", "/"} and not comparator:
        return {"valueRatio": {"numerator": one, "denominator": other}}
    reading.flag("bad-number", "OBX-5", "a structured number: comparator, number, separator, number")
    return _text(reading, obx, field)


def _coded(reading: Reading, obx: Segment, field: Field) -> Resource:
    told = coded(reading, first_of(field))
    if told is None or len(field.repetitions) > 1:
        return _text(reading, obx, field)
    return {"valueCodeableConcept": told}


def _dated(reading: Reading, _obx: Segment, field: Field) -> Resource:
    moment = read_moment(field.text.strip(), reading.dialect.time_zone)
    if moment is not None:
        return {"valueDateTime": moment.text}
    reading.flag("bad-date", "OBX-5", "YYYY[MM[DD[HHMM[SS]]]] and no impossible part")
    return {"_valueDateTime": source_text(field.raw)}


def _timed(reading: Reading, _obx: Segment, field: Field) -> Resource:
    told = _TIME.fullmatch(field.text.strip())
    if told is not None:
        return {"valueTime": ":".join((told[1], told[2], told[3] or "00"))}
    reading.flag("bad-date", "OBX-5", "HHMM[SS] and no impossible part")
    return {"_valueTime": source_text(field.raw)}


def _untyped(reading: Reading, obx: Segment, field: Field) -> Resource:
    reading.flag("missing", "OBX-2", "the type of the value")
    return _text(reading, obx, field)


_Read = Callable[[Reading, Segment, Field], Resource]

_READERS: dict[str, _Read] = {
    "": _untyped,
    "NM": _number,
    "SN": _structured,
    **dict.fromkeys(("ST", "TX", "FT", "IS", "ID", "SI"), _text),
    **dict.fromkeys(("CE", "CWE", "CNE", "CF"), _coded),
    **dict.fromkeys(("DT", "TS", "DTM"), _dated),
    "TM": _timed,
}

_NOT_HELD = frozenset({"ED", "RP"})
"""Documents inside messages, or pointers to them: not an Observation's value."""
