"""The references inside a resource. Pure."""

from collections.abc import Iterator
from typing import Any

from tabard.fhir import Resource

_PARTS = 2


def referenced(resource: Resource) -> frozenset[str]:
    """Every relative literal reference (`Type/id`) anywhere in `resource`; versions are cut off."""
    return frozenset(_walk(resource))


def is_about(resource: Resource, element: str, reference: str) -> bool:
    """Whether the reference in `element` is literally `reference`. An element that is missing is about nobody."""
    value = resource.get(element)
    return isinstance(value, dict) and value.get("reference") == reference


def _walk(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("reference")
        if isinstance(reference, str) and (found := _relative(reference)):
            yield found
        for inner in value.values():
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _relative(reference: str) -> str | None:
    parts = reference.split("/_history/", maxsplit=1)[0].split("/")
    return "/".join(parts) if len(parts) == _PARTS and all(parts) else None
