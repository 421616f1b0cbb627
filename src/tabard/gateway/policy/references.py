"""The references inside a resource. Pure."""

from typing import Any

from tabard.fhir import Resource

_PARTS = 2
_PATIENT = "Patient/"


def referenced(resource: Resource) -> frozenset[str]:
    """Every relative literal reference (`Type/id`) anywhere in `resource`; versions are cut off."""
    return frozenset(_literal(resource, ""))


def patients_named(resource: Resource) -> frozenset[str]:
    """The ids of the patients to whom `resource` refers literally, anywhere in it."""
    return frozenset(one.removeprefix(_PATIENT) for one in _literal(resource, _PATIENT))


def is_about(resource: Resource, element: str, reference: str) -> bool:
    """Whether the reference in `element` is literally `reference`. An element that is missing is about nobody."""
    value = resource.get(element)
    return isinstance(value, dict) and value.get("reference") == reference


def _literal(resource: Resource, start: str) -> set[str]:
    """The relative references that begin with `start`.

    No recursion, and types are compared, since JSON has no subclasses: all that is shown comes by here.
    """
    found: set[str] = set()
    inside: list[Any] = [resource]
    for value in inside:  # it grows while it is gone through
        if type(value) is dict:
            told = value.get("reference")
            if type(told) is str and told.startswith(start) and (reference := _relative(told)):
                found.add(reference)
            value = value.values()  # noqa: PLW2901  what is inside, in either case
        for one in value:
            kind = type(one)
            if kind is dict or kind is list:
                inside.append(one)
    return found


def _relative(reference: str) -> str | None:
    parts = reference.split("/_history/", maxsplit=1)[0].split("/")
    return "/".join(parts) if len(parts) == _PARTS and all(parts) else None
