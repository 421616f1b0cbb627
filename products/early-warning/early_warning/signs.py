"""From FHIR Observations to one set of signs: the newest of each within an hour, and nothing that is in doubt. Pure.

Source: FHIR R4, Observation, "vital signs"; the LOINC and SNOMED CT codes of the vital signs profiles.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from early_warning.news2 import Signs

TOGETHER = timedelta(hours=1)
"""What was measured longer before the newest sign is of another set."""

_LOINC, _SNOMED = "http://loinc.org", "http://snomed.info/sct"
_BELIEVED = frozenset({"final", "amended", "corrected"})
_SIGNS = {
    (_LOINC, "9279-1"): "respiration",
    (_SNOMED, "86290005"): "respiration",
    (_LOINC, "59408-5"): "saturation",
    (_LOINC, "2708-6"): "saturation",
    (_SNOMED, "431314004"): "saturation",
    (_LOINC, "8480-6"): "systolic",
    (_SNOMED, "271649006"): "systolic",
    (_LOINC, "8867-4"): "pulse",
    (_SNOMED, "78564009"): "pulse",
    (_SNOMED, "364075005"): "pulse",
    (_LOINC, "8310-5"): "temperature",
    (_SNOMED, "386725007"): "temperature",
}
_UNITS = {
    "respiration": frozenset({"/min", "{breaths}/min"}),
    "saturation": frozenset({"%"}),
    "systolic": frozenset({"mm[Hg]", "mmHg"}),
    "pulse": frozenset({"/min", "{beats}/min"}),
    "temperature": frozenset({"Cel"}),
}
_PLAUSIBLE = {
    "respiration": (0, 90),
    "saturation": (30, 100),
    "systolic": (30, 320),
    "pulse": (10, 320),
    "temperature": (24, 45),
}
_AIR, _OXYGEN = frozenset({"722742002"}), frozenset({"371825009"})
_FLOW = (_LOINC, "3151-8")
_ALERT, _NOT_ALERT = (
    frozenset({"248234008"}),
    frozenset({"130987000", "300202002", "450847001", "422768004"}),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A set of signs, and when the newest and the oldest of it were measured; `skipped` counts what was in doubt."""

    signs: Signs
    newest: datetime
    oldest: datetime
    skipped: int


def measured(observations: Iterable[Mapping[str, Any]], patient: str) -> Measured | None:
    """The newest set of a patient's signs; None where there is none.

    Raises ValueError where an Observation is another patient's: then nothing of the answer is to be believed.
    """
    found: dict[str, tuple[datetime, Any]] = {}
    skipped = 0
    for one in observations:
        if one.get("subject", {}).get("reference") != f"Patient/{patient}":
            raise ValueError("an Observation of another patient")
        when = _when(one)
        told = _values(one)
        if not told:
            continue
        if when is None or one.get("status") not in _BELIEVED:
            skipped += 1
            continue
        for name, value in told.items():
            if name not in found or when > found[name][0]:
                found[name] = (when, value)
    if not found:
        return None
    newest = max(when for when, _ in found.values())
    together = {name: one for name, one in found.items() if newest - one[0] <= TOGETHER}
    doubtful = sum(value is None for _, value in together.values())
    signs = Signs(**{name: value for name, (_, value) in together.items()})
    return Measured(signs, newest, min(when for when, _ in together.values()), skipped + doubtful)


def _values(one: Mapping[str, Any]) -> dict[str, Any]:
    """The signs that an Observation tells; one that is there and cannot be believed is None, and hides older ones."""
    told: dict[str, Any] = {}
    for part in (one, *one.get("component", ())):
        codes = [(each.get("system"), each.get("code")) for each in part.get("code", {}).get("coding", ())]
        answers = {each.get("code") for each in part.get("valueCodeableConcept", {}).get("coding", ())}
        told |= {_SIGNS[code]: _number(part, _SIGNS[code]) for code in codes if code in _SIGNS}
        if _FLOW in codes:
            told["on_oxygen"] = _flows(part)
        told |= _breathed({code for _, code in codes} | answers)
        told |= _conscious(answers)
    return told


def _breathed(codes: set[Any]) -> dict[str, bool | None]:
    if not codes & (_AIR | _OXYGEN):
        return {}
    return {"on_oxygen": None if codes & _AIR and codes & _OXYGEN else bool(codes & _OXYGEN)}


def _conscious(answers: set[Any]) -> dict[str, bool | None]:
    if not answers & (_ALERT | _NOT_ALERT):
        return {}
    return {"is_alert": None if answers & _ALERT and answers & _NOT_ALERT else bool(answers & _ALERT)}


def _flows(part: Mapping[str, Any]) -> bool | None:
    value = part.get("valueQuantity", {}).get("value")
    return value > 0 if _is_number(value) and "comparator" not in part["valueQuantity"] else None


def _number(part: Mapping[str, Any], name: str) -> float | None:
    """A number in the chart's unit that a living person can have; None for anything else, never a guess."""
    quantity = part.get("valueQuantity", {})
    value, low_high = quantity.get("value"), _PLAUSIBLE[name]
    unit = quantity.get("code", quantity.get("unit"))
    if not _is_number(value) or "comparator" in quantity or unit not in _UNITS[name]:
        return None
    return float(value) if low_high[0] <= value <= low_high[1] else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _when(one: Mapping[str, Any]) -> datetime | None:
    """When it was measured, to the minute at the least; a day alone does not say which of two came later."""
    try:
        told = datetime.fromisoformat(str(one.get("effectiveDateTime", "")))
    except ValueError:
        return None
    return told if told.tzinfo is not None else None
