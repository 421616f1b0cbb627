"""What Millennium takes of an Observation that somebody sends, and what it says to the rest. Pure.

Source: R4 documentation, Observation, create and update; client errors; OperationOutcomes.
"""

from typing import Any

from tabard.fhir import Resource
from tabard.sandbox.millennium.chart import Chart, patient_of
from tabard.sandbox.millennium.measurement_resources import BLOOD_PRESSURE

_LONGEST_TEXT = 255
_TAKEN = frozenset(
    {
        "resourceType",
        "id",
        "meta",
        "text",
        "identifier",
        "status",
        "category",
        "code",
        "subject",
        "encounter",
        "effectiveDateTime",
        "issued",
        "performer",
        "valueQuantity",
        "valueCodeableConcept",
        "valueString",
        "valueDateTime",
        "dataAbsentReason",
        "interpretation",
        "note",
        "referenceRange",
        "component",
    }
)
_NEEDED = ("status", "category", "code", "subject", "effectiveDateTime")
_STATUSES = {False: {"final", "amended", "corrected"}, True: {"final", "amended", "corrected", "entered-in-error"}}
_CATEGORIES = {"laboratory": "L", "vital-signs": "VS"}


class Unfit(Exception):  # noqa: N818  a verdict on its way to an answer; it never leaves the server
    """What is sent cannot be taken: status, the issue's code, and why, without a value."""

    def __init__(self, status: int, code: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.code = code
        self.why = why


def prefix_of(body: Resource) -> str:
    """How the id of an Observation begins, by its category."""
    if any(coding.get("code") == BLOOD_PRESSURE[0] for coding in body["code"].get("coding", ())):
        return "BP"
    return _CATEGORIES[_category(body)]


def must_be_fit(body: Resource, chart: Chart, before: Resource | None = None) -> None:
    """Raises Unfit unless the Observation can be taken as new, or in the place of `before`."""
    try:
        _must_be_fit(body, chart, before)
    except (AttributeError, IndexError, KeyError, TypeError):
        raise Unfit(400, "structure", "the body is not shaped as an Observation") from None


def _must_be_fit(body: Resource, chart: Chart, before: Resource | None) -> None:
    for key, code in (("modifierExtension", "extension"), ("implicitRules", "not-supported")):
        if key in body:
            raise Unfit(422, code, f"{key} is not supported")
    if body.get("resourceType") != "Observation":
        raise Unfit(422, "business-rule", "resourceType must be Observation")
    for key in body:
        if key not in _TAKEN:
            raise Unfit(422, "business-rule", f"{key[:40]} is not supported")
    for key in _NEEDED:
        if not body.get(key):
            raise Unfit(422, "required", f"{key} is needed")
    _must_mean_something(body, before)
    _must_be_of_somebody(body, chart)
    if before is not None and (_category(body), patient_of(body)) != (_category(before), patient_of(before)):
        raise Unfit(422, "business-rule", "patient and category cannot be changed")
    if _longest(body) > _LONGEST_TEXT:
        raise Unfit(400, "too-long", f"a text is longer than {_LONGEST_TEXT} characters")


def _must_mean_something(body: Resource, before: Resource | None) -> None:
    if body["status"] not in _STATUSES[before is not None]:
        raise Unfit(422, "business-rule", "this status is not supported")
    if _category(body) not in _CATEGORIES:
        raise Unfit(422, "business-rule", "category must be laboratory or vital-signs")
    if not any(key in body for key in ("component", "dataAbsentReason")) and not any(
        key.startswith("value") for key in body
    ):
        raise Unfit(422, "business-rule", "a value is needed")


def _must_be_of_somebody(body: Resource, chart: Chart) -> None:
    """The patient must be in the chart and not combined away, and the visit must be theirs."""
    patient = chart.get("Patient", patient_of(body) or "")
    if patient is None or not patient.resource["active"]:
        raise Unfit(422, "business-rule", "subject is nobody here")
    told = body.get("encounter")
    if told is None:
        return
    visit = chart.get("Encounter", str(told.get("reference", "")).rpartition("/")[2])
    if visit is None or patient_of(visit.resource) != patient.resource["id"]:
        raise Unfit(422, "business-rule", "encounter is not a visit of the subject")


def _category(body: Resource) -> str:
    codings = body["category"][0].get("coding") or [{}]
    return str(codings[0].get("code", ""))


def _longest(value: Any) -> int:
    """The length of the longest text anywhere but in the narrative."""
    if isinstance(value, dict):
        return max((_longest(one) for key, one in value.items() if key != "div"), default=0)
    if isinstance(value, list):
        return max((_longest(one) for one in value), default=0)
    return len(value) if isinstance(value, str) else 0
