"""Shape: what of a product's resource is taken, and what is refused before anything is kept. Pure.

Only elements that a message carries are taken: what would be left out is refused, so that nothing arrives that says less.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tabard.fhir import Resource
from tabard.link.belongings import patient_of
from tabard.link.writeback.errors import Misshapen

_EVERY = frozenset({"resourceType", "id", "meta", "identifier", "status", "extension"})
_VALUES = frozenset(
    f"value{kind}"
    for kind in ("Quantity", "String", "CodeableConcept", "Range", "Ratio", "DateTime", "Time", "Integer", "Period")
)
ELEMENTS: dict[str, frozenset[str]] = {
    "Observation": _EVERY
    | _VALUES
    | {"category", "code", "subject", "encounter", "effectiveDateTime", "issued", "performer", "interpretation"}
    | {"note", "method", "referenceRange", "component"},
    "DocumentReference": _EVERY
    | {"docStatus", "type", "subject", "date", "author", "authenticator", "description", "securityLabel", "content"}
    | {"context", "relatesTo"},
    "Appointment": _EVERY
    | {"cancelationReason", "serviceType", "reasonCode", "appointmentType", "start", "end", "minutesDuration"}
    | {"comment", "participant"},
}
"""What a message of the type carries."""

_COMPONENT = _VALUES | {"code", "interpretation", "referenceRange"}
_LISTS = frozenset(
    {
        *("category", "performer", "interpretation", "note", "referenceRange", "component", "author", "securityLabel"),
        *("content", "relatesTo", "serviceType", "reasonCode", "participant", "identifier", "extension"),
    }
)
_OBJECTS = frozenset({"code", "subject", "encounter", "type", "context", "authenticator", "method", "meta"})
_STATUS = {
    "Observation": frozenset({"registered", "preliminary", "final"}),
    "DocumentReference": frozenset({"current"}),
    "Appointment": frozenset({"proposed", "pending", "booked"}),
}
"""What a new one may be: what was never there cannot be corrected or taken back."""

_SHARED = frozenset({"Practitioner", "Location", "Organization"})
_DEEPEST, _MOST_ITEMS = 24, 200
_OWN = "urn:tabard:"

Find = Callable[[str, str], Resource | None]
"""The record's resource of a type and id."""


def tidied(resource: Resource) -> Resource:
    """The resource without what a server gives: its id, and all of `meta` but the profiles that it claims."""
    profiles = resource.get("meta", {}).get("profile") if isinstance(resource.get("meta"), dict) else None
    kept = {name: value for name, value in resource.items() if name not in {"id", "meta"}}
    return {**kept, "meta": {"profile": profiles}} if profiles else kept


def check_shape(resource: Resource, kind: str) -> None:
    """Raises Misshapen for another type, an element that is not carried, a status that cannot be new, or a wrong form."""
    if resource.get("resourceType") != kind:
        raise wrong("resourceType", kind, "Post it to the address of its own type.")
    for name in resource:
        if name not in ELEMENTS[kind]:
            remedy = "Leave it out, or say it in a note or comment."
            raise wrong(_place(kind, name), "an element that a message can carry", remedy)
        _check_form(kind, name, resource[name])
    if resource.get("status") not in _STATUS[kind]:
        raise wrong(f"{kind}.status", f"one of {', '.join(sorted(_STATUS[kind]))}", "Say what a new one is.")
    if kind == "Observation":
        _check_observation(resource)
    elif kind == "DocumentReference":
        _check_document(resource)


def check_references(resource: Resource, kind: str, patient: str, find: Find) -> dict[str, Resource]:
    """What the resource refers to, by reference. Raises Misshapen for another patient's, and for what is not in the record."""
    whom = f"Patient/{patient}"
    _check_subject(resource, kind, whom)
    found: dict[str, Resource] = {}
    for place, reference in _references(resource, kind):
        told = reference.get("reference")
        if told is None:
            _check_logical(place, reference)
            continue
        parts = told.split("/") if isinstance(told, str) else []
        held = find(parts[0], parts[1]) if len(parts) == 2 else None  # noqa: PLR2004  Type/id
        is_theirs = told == whom or (
            held is not None and (patient_of(held) == patient or held["resourceType"] in _SHARED)
        )
        if held is None or not is_theirs:
            expected = "a reference (Type/id) to this patient, to what is this patient's, or to staff and places here"
            raise wrong(place, expected, "Refer to what can be read here in this context.")
        found[told] = held
    return found


def wrong(place: str, expected: str, remedy: str) -> Misshapen:
    """What is wrong at a place; no value of the resource is told."""
    return Misshapen("This cannot be written.", where=place, expected=expected, remedy=remedy)


def _place(kind: str, name: str) -> str:
    """An element's place; a name that might hold anything is not told."""
    return f"{kind}.{name}" if name.isascii() and name.isalpha() and len(name) < 40 else kind  # noqa: PLR2004  no element is longer


def _check_form(kind: str, name: str, value: Any) -> None:
    if name in _LISTS and not (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
        raise wrong(f"{kind}.{name}", "a list of objects", "Mend it.")
    if name in _OBJECTS and not isinstance(value, dict):
        raise wrong(f"{kind}.{name}", "an object", "Mend it.")
    if name == "extension" and any(str(one.get("url", "")).startswith(_OWN) for one in value):
        raise wrong(f"{kind}.extension", "none of Tabard's own", "Leave it out.")
    if name == "extension":
        raise wrong(f"{kind}.extension", "an element that a message can carry", "Leave it out.")


def check_depth(place: str, value: Any, depth: int = 0) -> None:
    """Raises Misshapen for what is nested too deep, or holds too many of a thing."""
    inner: list[Any] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if depth > _DEEPEST or len(inner) > _MOST_ITEMS:
        raise wrong(place, f"at most {_DEEPEST} levels, {_MOST_ITEMS} items in each", "Write several resources.")
    for one in inner:
        check_depth(place, one, depth + 1)


def _check_observation(resource: Resource) -> None:
    code = resource.get("code", {})
    if not (code.get("coding") or code.get("text")):
        raise wrong("Observation.code", "a coding or a text", "Say what was observed.")
    parts = resource.get("component", [])
    if not parts and not any(name in _VALUES for name in resource):
        raise wrong("Observation.value[x]", "a value, or components with values", "Say what was found.")
    for part in parts:
        if not set(part) <= _COMPONENT or "code" not in part or not any(name in _VALUES for name in part):
            raise wrong("Observation.component", "a code and a value", "Leave out what a message cannot carry.")


def _check_document(resource: Resource) -> None:
    if not set(resource.get("context", {})) <= {"encounter", "period"}:
        raise wrong("DocumentReference.context", "encounter and period alone", "Leave the rest out.")
    contents = resource.get("content", [])
    for content in contents:
        attachment = content.get("attachment")
        if set(content) != {"attachment"} or not isinstance(attachment, dict) or "data" not in attachment:
            raise wrong("DocumentReference.content", "attachments with data, not with a url", "Send it itself.")
    if not contents:
        raise wrong("DocumentReference.content", "an attachment", "Attach the document.")


def _check_subject(resource: Resource, kind: str, whom: str) -> None:
    if kind == "Appointment":
        actors = [one.get("actor", {}).get("reference", "") for one in resource.get("participant", [])]
        patients = [one for one in actors if isinstance(one, str) and one.startswith("Patient/")]
        if patients != [whom]:
            raise wrong("Appointment.participant", "the patient of the launch, and no other", "Name this patient.")
    elif resource.get("subject", {}).get("reference") != whom:
        raise wrong(f"{kind}.subject", "the patient of the launch", "Name this patient by reference.")


def _references(value: Any, place: str) -> Iterator[tuple[str, Resource]]:
    """Each reference, with the place where it stands."""
    if isinstance(value, list):
        for one in value:
            yield from _references(one, place)
    elif isinstance(value, dict):
        if "reference" in value or isinstance(value.get("identifier"), dict):
            yield place, value
        for name, inner in value.items():
            yield from _references(inner, _place(place, name))


def _check_logical(place: str, reference: Resource) -> None:
    """By a number alone only staff may be named: whose any other number is cannot be known."""
    if reference.get("type") != "Practitioner":
        raise wrong(place, "a literal reference (Type/id)", "Refer to what can be read here in this context.")
