"""Path expressions: the small part of FHIRPath that search parameters need, compiled to closures.

Understood: `name`, `.name`, `name[0]`, `.where(resolve() is Type)` on references, `.where(name='text')` and
`.where(name!='text,text')`, which is none of the texts; a list is walked through wherever one stands. Choice elements are
resolved to their JSON names when the table is generated.
Source: FHIR R4 3.2.0 (search parameter expressions); FHIRPath N1 5.2.1 (where).
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tabard.ground.errors import InternalError

Walk = Callable[[Any], list[Any]]
"""Answers the elements that a path reaches from a resource, in order."""

Keeps = Callable[[Any], bool]
"""Whether an element is one of those that a `where` keeps."""

_STEP = re.compile(
    r"(?P<name>[A-Za-z]\w*)(?P<first>\[0\])?|where\(resolve\(\) is (?P<type>\w+)\)"
    r"|where\((?P<key>\w+)(?P<differs>!?)='(?P<text>[^']*)'\)"
)
_SPLIT = re.compile(r"where\((?:[^()]|\(\))*\)|[^.]+")


class Step(NamedTuple):
    """One step of a path, as it is written: to the children called `name` (only the first, with `is_first`), or what `keeps` keeps."""

    text: str
    name: str
    is_first: bool
    keeps: Keeps | None


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of `path`. Raises InternalError for an expression outside this subset."""
    return tuple(_step(each, path) for each in _SPLIT.findall(path))


def compile_path(path: str) -> Walk:
    """The closure that walks `path`. Raises InternalError for an expression outside this subset."""
    steps = steps_of(path)

    def walk(resource: Any) -> list[Any]:
        found = [resource]
        for _, name, is_first, keeps in steps:
            if keeps is not None:
                found = [each for each in found if keeps(each)]
            else:
                found = _children(found, name, is_first=is_first)
            if not found:
                break
        return found

    return walk


def reference_type(reference: Any) -> str | None:
    """The type a Reference points at: from `Type/id` or a URL ending so, else from `Reference.type`."""
    if not isinstance(reference, dict):
        return None
    told = reference.get("reference")
    if isinstance(told, str) and "/" in told:
        parts = told.split("/_history/")[0].split("/")
        if parts[-2][:1].isupper():
            return parts[-2]
    kind = reference.get("type")
    return kind if isinstance(kind, str) else None


def children(element: Any, name: str) -> list[Any]:
    """The children of one element that are called `name`, whether one stands there or a list."""
    child = element.get(name) if isinstance(element, dict) else None
    if isinstance(child, list):
        return [each for each in child if each is not None]
    return [] if child is None else [child]


def _children(elements: list[Any], name: str, *, is_first: bool) -> list[Any]:
    return [found for each in elements for found in children(each, name)[: 1 if is_first else None]]


def _step(step: str, path: str) -> Step:
    read = _STEP.fullmatch(step)
    if read is None:
        raise InternalError("A search parameter's path is beyond this evaluator.", where=path, got=step)
    if (name := read["name"]) is not None:
        return Step(step, name, bool(read["first"]), None)
    return Step(step, "", False, _keeps(read))


def _keeps(read: re.Match[str]) -> Keeps:
    if (kind := read["type"]) is not None:
        return lambda element: reference_type(element) == kind
    key, texts = read["key"], read["text"].split(",")
    if read["differs"]:
        return lambda element: isinstance(element, dict) and element.get(key) not in texts
    return lambda element: isinstance(element, dict) and element.get(key) in texts
