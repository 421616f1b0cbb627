"""Observed values written: value[x] as OBX-2, OBX-5 and OBX-6, so that they are read as they were."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tabard.dialect.results.units import UCUM
from tabard.dialect.schema import Dialect
from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.values import coded, moment
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue

_LONGEST_ST = 199
_DAY = len("2026-03-01")

Line = tuple[str, FieldValue, FieldValue]
"""OBX-2, OBX-5 and OBX-6."""


def value(dialect: Dialect, part: Resource) -> Line:
    """The value of an observation or of one of its components; no value where a reason says that there is none.

    Raises Unsayable for a kind of value that OBX has no type for, and for a unit that the dialect has no word for.
    """
    for name, write in _WRITERS.items():
        if name in part:
            return write(dialect, part[name])
    other = next((name for name in part if name.startswith("value")), None)
    if other is not None:
        raise Unsayable(
            "OBX-2",
            f"A {other} has no form in HL7 v2.",
            expected=f"one of {', '.join(_WRITERS)}",
            remedy="Say it as a code or as text.",
        )
    return "ST", None, None


def _quantity(dialect: Dialect, told: Resource) -> Line:
    unit = _unit(dialect, told)
    if "comparator" in told:
        return "SN", (told["comparator"], _number(told)), unit
    return "NM", _number(told), unit


def _number(told: Resource) -> str:
    """Every digit, and no exponent."""
    return f"{Decimal(str(told['value'])):f}"


def _unit(dialect: Dialect, told: Resource) -> FieldValue:
    """OBX-6: the record system's word that its table reads to the same code of UCUM."""
    text, code = told.get("unit", ""), told.get("code")
    if code is None or told.get("system") != UCUM:
        return ("", text) if text else None
    words = [word for word, meaning in dialect.results.ucum.items() if meaning == code]
    named = next((name for name, system in dialect.results.coding_systems.items() if system == UCUM), None)
    if words:
        word = text if text in words else code if code in words else words[0]
        return (word, "" if text in {"", word} else text)
    if named is None:
        raise Unsayable(
            "OBX-6",
            "The dialect has no word for a unit.",
            expected=f"one of {', '.join(sorted(set(dialect.results.ucum.values())))}",
            remedy="Name the record system's word for it under [results.ucum] in the dialect.",
        )
    return (code, "" if text in {"", code} else text, named)


def _string(_dialect: Dialect, told: str) -> Line:
    return ("TX" if "\n" in told or len(told) > _LONGEST_ST else "ST"), told, None


def _concept(dialect: Dialect, told: Resource) -> Line:
    parts = coded(dialect, told, "OBX-5")
    return ("CWE" if any(parts[6:]) else "CE"), parts, None


def _two(first: Resource, separator: str, second: Resource, dialect: Dialect) -> Line:
    if "comparator" in first or "comparator" in second or _unit(dialect, first) != _unit(dialect, second):
        raise Unsayable(
            "OBX-5",
            "Two numbers in one value need one unit.",
            expected="the same unit for both, and no comparator",
            remedy="Say it as text.",
        )
    return "SN", ("", _number(first), separator, _number(second)), _unit(dialect, first)


def _range(dialect: Dialect, told: Resource) -> Line:
    if "low" not in told or "high" not in told:
        raise Unsayable("OBX-5", "A range lacks an end.", expected="low and high", remedy="Say it with a comparator.")
    return _two(told["low"], "-", told["high"], dialect)


def _ratio(dialect: Dialect, told: Resource) -> Line:
    return _two(told["numerator"], ":", told["denominator"], dialect)


def _date_time(dialect: Dialect, told: str) -> Line:
    return ("DT" if len(told) <= _DAY else "TS"), moment(dialect, told, "OBX-5"), None


def _time(_dialect: Dialect, told: str) -> Line:
    return "TM", told.replace(":", ""), None


def _integer(_dialect: Dialect, told: int) -> Line:
    return "NM", str(told), None


def _period(dialect: Dialect, told: Resource) -> Line:
    ends = [moment(dialect, told[name], "OBX-5") if name in told else "" for name in ("start", "end")]
    return "DR", (ends[0], ends[1]), None


_WRITERS: dict[str, Callable[[Dialect, Any], Line]] = {
    "valueQuantity": _quantity,
    "valueString": _string,
    "valueCodeableConcept": _concept,
    "valueRange": _range,
    "valueRatio": _ratio,
    "valueDateTime": _date_time,
    "valueTime": _time,
    "valueInteger": _integer,
    "valuePeriod": _period,
}
