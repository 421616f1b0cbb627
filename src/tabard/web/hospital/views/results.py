"""Results for the page, report by report, the newest first. Only what the sender marked is marked: nothing is judged here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tabard.fhir import Resource
from tabard.web.design.times import When, from_fhir, moment_of
from tabard.web.hospital.views.fhir import codes, concept, id_of

_NOT_SAID = "time not said"
_MARKS = {
    "H": "High",
    "L": "Low",
    "HH": "Critically high",
    "LL": "Critically low",
    "A": "Abnormal",
    "AA": "Critically abnormal",
    ">": "Off scale high",
    "<": "Off scale low",
}
_NORMAL = "N"
_NO_VALUE = "no value"
_NOT_SHOWN = "a value that is not shown here: look in the record system"
_NOT_UNDERSTOOD = "NOT FULLY UNDERSTOOD HERE: look in the record system"
_VITAL_SIGNS = "vital-signs"
_CRITICAL = frozenset({"HH", "LL", "AA"})
_STATUS_WORDS = {
    "final": "",
    "registered": "no result yet",
    "partial": "partial",
    "preliminary": "preliminary",
    "amended": "amended",
    "corrected": "CORRECTED",
    "cancelled": "CANCELLED",
    "entered-in-error": "ENTERED IN ERROR: do not use",
    "unknown": "status not known",
}
_NEVER_VALID = frozenset({"entered-in-error", "cancelled"})


@dataclass(frozen=True, slots=True)
class Result:
    """One Observation: its value as sent, its parts beside one another, and how the sender marked it (empty: not marked)."""

    name: str
    value: str
    reference_range: str
    mark: str
    is_critical: bool
    status: str
    is_void: bool
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one report, or of none (`title` says so); `remarks` say what of it is in no line."""

    id: str
    title: str
    at: When
    status: str
    results: tuple[Result, ...]
    moment: datetime
    remarks: tuple[str, ...] = ()


def reports(resources: Iterable[Resource]) -> tuple[Report, ...]:
    """The DiagnosticReports and Observations of one patient, as reports; an Observation in no report makes one by its time."""
    held = list(resources)
    observations = {one["id"]: one for one in held if one.get("resourceType") == "Observation"}
    told = [_report(one, observations) for one in held if one.get("resourceType") == "DiagnosticReport"]
    claimed = {
        id_of(one)
        for report in held
        if report.get("resourceType") == "DiagnosticReport"
        for one in report.get("result", [])
    }
    told += _loose([one for id_, one in observations.items() if id_ not in claimed])
    return tuple(sorted(told, key=lambda report: report.moment, reverse=True))


def result(observation: Resource) -> Result:
    """One Observation for the page."""
    parts = observation.get("component", [])
    marked = [code for told in (observation, *parts) for one in told.get("interpretation", []) for code in codes(one)]
    status = str(observation.get("status", ""))
    return Result(
        name=" ".join(filter(None, (concept(observation.get("code")) or "Test not named", _of_whom(observation)))),
        value="; ".join((*_own_value(observation), *map(_part_value, parts))),
        reference_range="; ".join(filter(None, (_ranges(observation), *map(_part_ranges, parts)))),
        mark=", ".join(filter(None, (_marked(observation), *map(_part_marked, parts)))),
        is_critical=any(code in _CRITICAL for code in marked),
        status=_standing(observation),
        is_void=status in _NEVER_VALID,
        note=" ".join(one.get("text", "") for one in observation.get("note", [])),
    )


def _standing(told: Resource) -> str:
    """How it stands, in words; what changes its meaning in a way not known here is said. Source: FHIR R4, 2.1.6.3."""
    status = str(told.get("status", ""))
    is_unread = bool(told.get("modifierExtension") or told.get("implicitRules"))
    return ", ".join(filter(None, (_STATUS_WORDS.get(status, status), _NOT_UNDERSTOOD if is_unread else "")))


def _of_whom(observation: Resource) -> str:
    """Whom it is about where that is not the patient: a donor, an unborn child. Source: FHIR R4, Observation.focus."""
    own = (observation.get("subject") or {}).get("reference")
    others = [one for one in observation.get("focus", []) if not own or one.get("reference") != own]
    named = ", ".join(str(one.get("display") or one.get("type") or "somebody or something not named") for one in others)
    return f"(NOT of the patient, but of: {named})" if others else ""


def _own_value(observation: Resource) -> tuple[str, ...]:
    """What it says itself; nothing where only its parts say something, as of a blood pressure."""
    told = _value(observation)
    return () if told == _NO_VALUE and observation.get("component") else (told,)


def _part_value(part: Mapping[str, Any]) -> str:
    return f"{_part_name(part)} {_value(part)}"


def _part_ranges(part: Mapping[str, Any]) -> str:
    return f"{_part_name(part)} {told}" if (told := _ranges(part)) else ""


def _part_marked(part: Mapping[str, Any]) -> str:
    return f"{told} ({_part_name(part)})" if (told := _marked(part)) else ""


def _part_name(part: Mapping[str, Any]) -> str:
    return concept(part.get("code")) or "part not named"


def _ranges(told: Mapping[str, Any]) -> str:
    return "; ".join(filter(None, map(_range, told.get("referenceRange", []))))


def _marked(told: Mapping[str, Any]) -> str:
    return ", ".join(filter(None, map(_mark, told.get("interpretation", []))))


def _mark(interpretation: Mapping[str, Any]) -> str:
    """The mark in words; `normal` is no mark, and one that is not known here stands in the sender's words."""
    held = set(codes(interpretation))
    known = next((words for code, words in _MARKS.items() if code in held), "")
    return known or ("" if _NORMAL in held else concept(interpretation))


def _report(report: Resource, observations: Mapping[str, Resource]) -> Report:
    named = list(map(id_of, report.get("result", [])))
    found = [result(observations[id_]) for id_ in named if id_ in observations]
    if report.get("status") in _NEVER_VALID:  # what must not be used takes its results with it
        found = [replace(one, is_void=True) for one in found]
    at = _effective(report)
    title = concept(report.get("code")) or "Report"
    remarks = _remarks(report, len(named) - len(found))
    return Report(report["id"], title, _shown(at), _standing(report), tuple(found), moment_of(at), remarks)


def _remarks(report: Resource, absent: int) -> tuple[str, ...]:
    """What of a report is in no line of its table, in words."""
    conclusion = report.get("conclusion", "")
    results = "1 result" if absent == 1 else f"{absent} results"
    told = (
        f"Conclusion: {conclusion}" if conclusion else "",
        f"{results} of this report cannot be shown here: look in the record system." if absent else "",
        "A document of this report is not shown here: look in the record system."
        if report.get("presentedForm")
        else "",
    )
    return tuple(filter(None, told))


def _loose(observations: Sequence[Resource]) -> list[Report]:
    by_time: dict[str, list[Resource]] = {}
    for one in observations:
        by_time.setdefault(_effective(one), []).append(one)
    return [
        Report(f"loose-{number}", _title(held), _shown(at), "", _by_name(map(result, held)), moment_of(at))
        for number, (at, held) in enumerate(by_time.items())
    ]


def _title(held: Sequence[Resource]) -> str:
    """What results in no report are called: by what they all are, where they are vital signs."""
    kinds = ({code for kind in one.get("category", []) for code in codes(kind)} for one in held)
    return "Vital signs" if all(_VITAL_SIGNS in kind for kind in kinds) else "Results in no report"


def _by_name(results: Iterable[Result]) -> tuple[Result, ...]:
    """One order at every time: an answer has none, and values are read down the page."""
    return tuple(sorted(results, key=lambda one: one.name.casefold()))


def _effective(told: Resource) -> str:
    return str(
        told.get("effectiveDateTime") or told.get("effectivePeriod", {}).get("start") or told.get("issued") or ""
    )


def _shown(at: str) -> When:
    return from_fhir(at) if at else When("", _NOT_SAID)


def _value(observation: Mapping[str, Any]) -> str:
    quantity = observation.get("valueQuantity")
    if quantity is not None:
        return _quantity(quantity)
    for name in ("valueString", "valueDateTime", "valueInteger", "valueTime", "valueBoolean"):
        if name in observation:
            return from_fhir(observation[name]).text if name == "valueDateTime" else str(observation[name])
    if "valueRange" in observation:
        return _range(observation["valueRange"])
    if "valueRatio" in observation:
        return " : ".join(_quantity(observation["valueRatio"].get(end, {})) for end in ("numerator", "denominator"))
    coded = concept(observation.get("valueCodeableConcept")) or concept(observation.get("dataAbsentReason"))
    is_other = any(name.startswith("value") for name in observation)
    return coded or (_NOT_SHOWN if is_other else _NO_VALUE)


def _quantity(quantity: Mapping[str, Any]) -> str:
    unit = quantity.get("unit") or quantity.get("code") or ""
    return f"{quantity.get('comparator', '')}{quantity.get('value', '')} {unit}".strip()


def _range(told: Mapping[str, Any]) -> str:
    """`133 to 146`; the laboratory's own words when it gave them."""
    if "text" in told:
        return str(told["text"])
    low, high = (told.get(end, {}).get("value") for end in ("low", "high"))
    if low is None or high is None:
        return "" if low is high else f"{low} or more" if high is None else f"{high} or less"
    return f"{low} to {high}"
