"""What Millennium takes of what somebody sends, and what it says to the rest. Pure.

An Observation with a field that is not known is refused; of documents and appointments what is not known is ignored, their
identifiers too: whoever looks for one by the number that they gave it does not find it.

Source: R4 documentation, Observation, DocumentReference and Appointment, create and update; client errors; OperationOutcomes.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

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
_OF_A_DOCUMENT = frozenset(
    {
        "resourceType",
        "id",
        "status",
        "docStatus",
        "type",
        "category",
        "subject",
        "author",
        "authenticator",
        "description",
        "content",
        "context",
    }
)
_OF_AN_APPOINTMENT = frozenset(
    {
        "resourceType",
        "id",
        "status",
        "serviceType",
        "reasonCode",
        "description",
        "start",
        "end",
        "slot",
        "comment",
        "participant",
        "requestedPeriod",
    }
)
_MIME = (
    "application/pdf",
    "text/plain",
    "text/richtext",
    "text/rtf",
    "text/html",
    "application/xml",
    "application/xhtml+xml",
)
_STATUSES = {False: {"final", "amended", "corrected"}, True: {"final", "amended", "corrected", "entered-in-error"}}
_CATEGORIES = {"laboratory": "L", "vital-signs": "VS"}


class Unfit(Exception):  # noqa: N818  a verdict on its way to an answer; it never leaves the server
    """What is sent cannot be taken: status, the issue's code, and why, without a value."""

    def __init__(self, status: int, code: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.code = code
        self.why = why


def id_of(body: Resource, next_number: Callable[[], str]) -> str:
    """The id of what is new: of an Observation it begins with its category."""
    if body["resourceType"] != "Observation":
        return next_number()
    if any(coding.get("code") == BLOOD_PRESSURE[0] for coding in body["code"].get("coding", ())):
        return f"BP-{next_number()}-{next_number()}"
    return f"{_CATEGORIES[_category(body)]}-{next_number()}"


def taken(body: Resource) -> Resource:
    """What is kept of a body that is fit."""
    rule = WRITES[body["resourceType"]]
    return {key: value for key, value in body.items() if key in rule.taken}


def must_be_fit(type_: str, body: Resource, chart: Chart, before: Resource | None = None) -> None:
    """Raises Unfit unless the resource can be taken as new, or in the place of `before`."""
    try:
        _must_be_fit(type_, body, chart, before)
    except (AttributeError, IndexError, KeyError, TypeError):
        raise Unfit(400, "structure", f"the body is not shaped as {type_}") from None


def _must_be_fit(type_: str, body: Resource, chart: Chart, before: Resource | None) -> None:
    _must_be_supported(type_, body)
    for key in WRITES[type_].needed:
        if not body.get(key):
            raise Unfit(422, "required", f"{key} is needed")
    WRITES[type_].meaning(body, before)
    _must_be_of_somebody(body, chart)
    if before is not None and patient_of(body) != patient_of(before):
        raise Unfit(422, "business-rule", "the patient cannot be changed")
    if type_ == "Appointment":
        _must_be_free(body, chart)
    if _longest(body) > _LONGEST_TEXT:
        raise Unfit(400, "too-long", f"a text is longer than {_LONGEST_TEXT} characters")


def _must_be_supported(type_: str, body: Resource) -> None:
    for key, code in (("modifierExtension", "extension"), ("implicitRules", "not-supported")):
        if key in body:
            raise Unfit(422, code, f"{key} is not supported")
    if body.get("resourceType") != type_:
        raise Unfit(422, "business-rule", f"resourceType must be {type_}")
    for key in body:
        if key not in WRITES[type_].taken and not WRITES[type_].ignores:
            raise Unfit(422, "business-rule", f"{key[:40]} is not supported")


def _must_measure(body: Resource, before: Resource | None) -> None:
    if body["status"] not in _STATUSES[before is not None]:
        raise Unfit(422, "business-rule", "this status is not supported")
    if _category(body) not in _CATEGORIES:
        raise Unfit(422, "business-rule", "category must be laboratory or vital-signs")
    if not any(key in body for key in ("component", "dataAbsentReason")) and not any(
        key.startswith("value") for key in body
    ):
        raise Unfit(422, "business-rule", "a value is needed")
    if before is not None and _category(body) != _category(before):
        raise Unfit(422, "business-rule", "the category cannot be changed")


def _must_be_readable(body: Resource, before: Resource | None) -> None:
    """A document's content is in the body, of a kind that is known; every date has a time."""
    del before
    if body["status"] != "current":
        raise Unfit(422, "business-rule", "this status is not supported")
    for one in body["content"]:
        attachment = one["attachment"]
        if not attachment.get("data"):
            raise Unfit(422, "required", "content.attachment.data is needed")
        if str(attachment.get("contentType", "")).partition(";")[0] not in _MIME:
            raise Unfit(422, "business-rule", "content.attachment.contentType is not supported")
        if "T" not in attachment.get("creation", "T"):
            raise Unfit(422, "business-rule", "a date needs a time")


def _must_have_a_place(body: Resource, before: Resource | None) -> None:
    """An appointment that is booked has a slot; one that is proposed says when it is wished."""
    del before
    wanted = {"booked": "slot", "proposed": "requestedPeriod"}.get(body["status"])
    if wanted is None:
        raise Unfit(422, "business-rule", "this status is not supported")
    if not body.get(wanted):
        raise Unfit(422, "required", f"{wanted} is needed")


def _must_be_free(body: Resource, chart: Chart) -> None:
    slots = {one["reference"] for one in body.get("slot", ())}
    for held in chart.every("Appointment"):
        if slots & {one["reference"] for one in held.resource.get("slot", ())}:
            raise Unfit(422, "business-rule", "the slot is not free")


def _must_be_of_somebody(body: Resource, chart: Chart) -> None:
    """The patient must be in the chart and not combined away, and the visit must be theirs."""
    patient = chart.get("Patient", patient_of(body) or "")
    if patient is None or not patient.resource["active"]:
        raise Unfit(422, "business-rule", "subject is nobody here")
    told = body.get("encounter") or next(iter(body.get("context", {}).get("encounter", ())), None)
    if told is None:
        return
    visit = chart.get("Encounter", str(told.get("reference", "")).rpartition("/")[2])
    if visit is None or patient_of(visit.resource) != patient.resource["id"]:
        raise Unfit(422, "business-rule", "encounter is not a visit of the subject")


def _category(body: Resource) -> str:
    codings = body["category"][0].get("coding") or [{}]
    return str(codings[0].get("code", ""))


def _longest(value: Any) -> int:
    """The length of the longest text anywhere but in the narrative and in a document."""
    if isinstance(value, dict):
        return max((_longest(one) for key, one in value.items() if key not in {"div", "data"}), default=0)
    if isinstance(value, list):
        return max((_longest(one) for one in value), default=0)
    return len(value) if isinstance(value, str) else 0


class Writes(NamedTuple):
    """What is taken of a type, what it needs, and what it must mean; `ignores` what is not taken, else it is refused."""

    taken: frozenset[str]
    needed: tuple[str, ...]
    meaning: Callable[[Resource, Resource | None], None]
    ignores: bool
    interactions: tuple[str, ...]


WRITES = {
    "Observation": Writes(
        _TAKEN,
        ("status", "category", "code", "subject", "effectiveDateTime"),
        _must_measure,
        ignores=False,
        interactions=("create", "update"),
    ),
    "DocumentReference": Writes(
        _OF_A_DOCUMENT,
        ("status", "type", "subject", "content"),
        _must_be_readable,
        ignores=True,
        interactions=("create", "update"),
    ),
    "Appointment": Writes(
        _OF_AN_APPOINTMENT, ("status", "participant"), _must_have_a_place, ignores=True, interactions=("create",)
    ),
}
"""The types that may be written, and how."""
