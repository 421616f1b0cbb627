"""Values: what OBX-5 holds, by its type in OBX-2, to a FHIR value that is neither rounded nor guessed at.

What cannot be told as its type says stays readable text, and is flagged; nothing is cut off and nothing dropped.
Source: HL7 v2.4, 7.4.2 "OBX"; FHIR R4, Observation.value[x].
"""

import re
from collections.abc import Callable
from decimal import Decimal

from tabard.dialect.codes import coded
from tabard.dialect.dates import read_moment
from tabard.dialect.extensions import extension, source_text
from tabard.dialect.parts import Parts, lines_of, repetitions_of
from tabard.dialect.reading import Reading
from tabard.dialect.results.attachments import ATTACHED
from tabard.dialect.results.units import unit
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

UNIT = "urn:tabard:extension:unit"
"""On a value that is text: the unit that was sent with it."""

_TYPE, _VALUE = 2, 5
_NUMBER = re.compile(r"(?P<comparator><=|>=|<|>)?\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d(?:\.\d{1,4})?)?", re.ASCII)
_COMPARATORS = {"<", "<=", ">", ">="}
_PRECISIONS = {"", *"YLDHMS"}
"""TS-2, the degree of precision, which the length of TS-1 tells as well. Source: HL7 v2.4, 2.9.47."""
_LONGEST = 18
"""Digits that FHIR asks every reader to keep; a longer number stays text. Source: FHIR R4, 2.24.0.1 (decimal)."""
_CODED = (1, 2, 4, 5, 9)
"""The components of a CWE that hold codes and texts; what the others say belongs to the code before them."""


def read_value(reading: Reading, obx: Segment, unit: Resource) -> Resource:
    """The elements with the value, such as `{"valueQuantity": ...}`; a dataAbsentReason when nothing was sent."""
    field = obx.field(_VALUE)
    kind = obx.field(_TYPE).text.strip()
    if kind == "NM" and (told := quantity(field.raw, unit)):  # by far the most
        return {"valueQuantity": told}
    if field.is_absent or not lines_of(field).strip():
        return {"dataAbsentReason": _reason("unknown")}
    if kind in ATTACHED:  # a document, which goes with the report
        return {"dataAbsentReason": _reason("unsupported")}
    read = _READERS.get(kind)
    if read is None:
        reading.flag("unknown-code", "OBX-2", "a value type that this version reads")
        read = _text
    return read(reading, field, unit)


def quantity(number: str, unit: Resource, comparator: str | None = None) -> Resource | None:
    """A Quantity with every digit that was sent; None when `number` is none."""
    told = _NUMBER.fullmatch(number)
    if told is None or (len(number) > _LONGEST and sum(map(str.isdigit, number)) > _LONGEST):
        return None
    sent, digits = told.groups()
    comparator = comparator or sent
    if comparator:
        return {"value": Decimal(digits), "comparator": comparator, **unit}
    return {"value": Decimal(digits), **unit}


def _reason(code: str) -> Resource:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": code}]}


def _text(_reading: Reading, field: Field, unit: Resource) -> Resource:
    told: Resource = {"valueString": lines_of(field)}
    if unit:
        told["_valueString"] = {"extension": [extension(UNIT, valueString=unit["unit"])]}
    return told


def _flagged(reading: Reading, field: Field, unit: Resource, code: str, expected: str) -> Resource:
    reading.flag(code, "OBX-5", expected)
    return _text(reading, field, unit)


def _only(field: Field, most: int) -> Parts | None:
    """The only repetition; None where there are several, or where it has more than `most` components that say anything."""
    told = repetitions_of(field)
    return told[0] if len(told) == 1 and not any(told[0][most:]) else None


def _number(reading: Reading, field: Field, unit: Resource) -> Resource:
    """The whole field is the number, or it is none: `5^6` is not 5."""
    told = quantity(lines_of(field).strip(), unit)
    if told is not None:
        return {"valueQuantity": told}
    return _flagged(reading, field, unit, "bad-number", "one number, perhaps after < or >")


def _structured(reading: Reading, field: Field, unit: Resource) -> Resource:
    """SN: comparator, number, separator, number. Source: HL7 v2.4, 2.9.40 "SN"."""
    parts = _only(field, 4)
    told = _from_structure(parts, unit) if parts else None
    return told or _flagged(
        reading, field, unit, "bad-number", "a structured number: comparator, number, separator, number"
    )


def _from_structure(parts: Parts, unit: Resource) -> Resource | None:
    comparator, first, separator, second = parts.upto(4)
    one = quantity(first, unit, comparator if comparator in _COMPARATORS else None)
    other = quantity(second, unit) if second else None
    if one and not separator and not second and comparator in {"", "=", *_COMPARATORS}:
        return None if comparator in _COMPARATORS and first[0] in "<>" else {"valueQuantity": one}
    if not one or not other or comparator or "comparator" in one or "comparator" in other:
        return None
    if separator == "-":
        return {"valueRange": {"low": one, "high": other}}
    return {"valueRatio": {"numerator": one, "denominator": other}} if separator in {":", "/"} else None


def _ranged(reading: Reading, field: Field, unit: Resource) -> Resource:
    """NR: low, high. Source: HL7 v2.4, 2.9.28 "NR"."""
    parts = _only(field, 2)
    low, high = (quantity(text, unit) if text else None for text in (parts.upto(2) if parts else ("", "")))
    if low and high and "comparator" not in low and "comparator" not in high:
        return {"valueRange": {"low": low, "high": high}}
    return _flagged(reading, field, unit, "bad-number", "two numbers, the lower first")


def _with_own_unit(reading: Reading, field: Field, unit_sent: Resource) -> Resource:
    """CQ: a number, and its unit. Source: HL7 v2.4, 2.9.10 "CQ"."""
    parts = _only(field, 2)
    own = unit(reading, Parts(field.component(2).subcomponents)) if parts else {}
    told = quantity(parts.part(1), own or unit_sent) if parts else None
    if told is not None:
        return {"valueQuantity": told}
    return _flagged(reading, field, unit_sent, "bad-number", "one number and its unit")


def _coded(reading: Reading, field: Field, unit: Resource) -> Resource:
    """A code and its text; what they cannot hold of what was sent is kept beside them as it was sent."""
    parts = _only(field, 9)
    told = coded(reading, parts) if parts else None
    if parts is None or told is None:
        return _flagged(reading, field, unit, "bad-code", "one coded value")
    if _leaves_out(parts, told):
        reading.flag("bad-code", "OBX-5", "codes with their systems, and one text")
        told |= source_text(field.raw)
    return {"valueCodeableConcept": told}


def _leaves_out(parts: Parts, told: Resource) -> bool:
    kept = {text for coding in told.get("coding", ()) for text in coding.values()} | {told.get("text"), ""}
    if any(parts.part(n) not in kept for n in _CODED):
        return True
    return any(parts.part(n) and not parts.part(code) for n, code in ((3, 1), (7, 1), (6, 4), (8, 4)))


def _dated(reading: Reading, field: Field, unit: Resource) -> Resource:
    parts = _only(field, 2)
    if parts and parts.part(2) in _PRECISIONS:
        moment = read_moment(parts.part(1), reading.dialect.time_zone)
        if moment is not None:
            return {"valueDateTime": moment.text}
    return _flagged(reading, field, unit, "bad-date", "YYYY[MM[DD[HHMM[SS]]]] and no impossible part")


def _timed(reading: Reading, field: Field, unit: Resource) -> Resource:
    parts = _only(field, 1)
    told = _TIME.fullmatch(parts.part(1)) if parts else None
    if told is not None:
        return {"valueTime": ":".join((told[1], told[2], told[3] or "00"))}
    return _flagged(reading, field, unit, "bad-date", "HHMM[SS] and no impossible part")


def _span(reading: Reading, field: Field, unit: Resource) -> Resource:
    """DR: from, to. Source: HL7 v2.4, 2.9.15 "DR"."""
    parts = _only(field, 2)
    sent = {name: text for name, text in zip(("start", "end"), parts or (), strict=False) if text}
    told = {
        name: moment.text for name, text in sent.items() if (moment := read_moment(text, reading.dialect.time_zone))
    }
    if told and len(told) == len(sent):
        return {"valuePeriod": told}
    return _flagged(reading, field, unit, "bad-date", "one or two times and no impossible part")


def _untyped(reading: Reading, field: Field, unit: Resource) -> Resource:
    reading.flag("missing", "OBX-2", "the type of the value")
    return _text(reading, field, unit)


def _as_sent(reading: Reading, field: Field, unit: Resource) -> Resource:
    """Names, addresses, numbers of things and the like: FHIR's Observation holds none of them but as text."""
    return _flagged(reading, field, unit, "not-mapped", "a value type that FHIR has a value for")


_Read = Callable[[Reading, Field, Resource], Resource]

_READERS: dict[str, _Read] = {
    "": _untyped,
    "NM": _number,
    "SN": _structured,
    "NR": _ranged,
    "CQ": _with_own_unit,
    **dict.fromkeys(("ST", "TX", "FT", "IS", "ID", "SI"), _text),
    **dict.fromkeys(("CE", "CWE", "CNE", "CF", "CD"), _coded),
    **dict.fromkeys(("DT", "TS", "DTM"), _dated),
    "DR": _span,
    "TM": _timed,
    **dict.fromkeys(("AD", "CK", "CN", "CP", "CX", "DLN", "EI", "MO", "NA", "PL", "PN", "PPN", "TN"), _as_sent),
    **dict.fromkeys(("XAD", "XCN", "XON", "XPN", "XTN"), _as_sent),
}
"""CD is HL7's channel definition; Millennium means coded data by it, and nobody else was seen to send it."""
