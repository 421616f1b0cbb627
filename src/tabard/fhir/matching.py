"""Matching: whether a resource at hand is one that a search would find. Pure."""

from collections.abc import Iterable

from tabard.fhir.json import Resource


def matches(resource: Resource, pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether all of `pairs` hold for the resource. Until it can be told, nothing holds but having nothing to hold."""
    del resource
    return not tuple(pairs)
