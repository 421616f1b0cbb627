"""The references inside a resource. Pure."""

from typing import Any

from tabard.fhir import Resource

_PARTS = 2


def referenced(resource: Resource) -> frozenset[str]:
    """Every relative literal reference (`Type/id`) anywhere in `resource`; versions are cut off."""
    found: set[str] = set()
    inside: list[Any] = [resource]
    while inside:  # no recursion, and types compared as JSON has no subclasses: all that is shown comes by here
        value = inside.pop()
        if type(value) is dict:
            if type(told := value.get("reference")) is str and (reference := _relative(told)):
                found.add(reference)
            value = value.values()
        inside += [one for one in value if type(one) is dict or type(one) is list]
    return frozenset(found)


def is_about(resource: Resource, element: str, reference: str) -> bool:
    """Whether the reference in `element` is literally `reference`. An element that is missing is about nobody."""
    value = resource.get(element)
    return isinstance(value, dict) and value.get("reference") == reference


def _relative(reference: str) -> str | None:
    parts = reference.split("/_history/", maxsplit=1)[0].split("/")
    return "/".join(parts) if len(parts) == _PARTS and all(parts) else None
