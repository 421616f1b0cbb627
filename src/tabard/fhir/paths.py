"""Path expressions: the small part of FHIRPath that search parameters need, compiled to closures.

Understood: `name`, `.name`, `name[0]`, `.where(resolve() is Type)` on references, `.where(name='text')` and
`.where(name!='text,text')`, which is none of the texts; a list is walked through wherever one stands. Choice elements are
resolved to their JSON names when the table is generated.
Source: FHIR R4 3.2.0 (search parameter expressions); FHIRPath N1 5.2.1 (where).
"""

import re
from collections.abc import Callable
from typing import Any

from tabard.ground.errors import InternalError

Walk = Callable[[Any], list[Any]]
"""Answers the elements that a path reaches from a resource, in order."""

_STEP = re.compile(
    r"(?P<name>[A-Za-z]\w*)(?P<first>\[0\])?|where\(resolve\(\) is (?P<type>\w+)\)"
    r"|where\((?P<key>\w+)(?P<differs>!?)='(?P<text>[^']*)'\)"
)
_SPLIT = re.compile(r"where\((?:[^()]|\(\))*\)|[^.]+")


def first_name(path: str) -> str:
    """The element of the resource that `path` begins at: without it the path reaches nothing."""
    return str(_SPLIT.findall(path)[0]).removesuffix("[0]")


def compile_path(path: str) -> Walk:
    """The closure that walks `path`. Raises InternalError for an expression outside this subset."""
    walks = [_compile_step(step, path) for step in _SPLIT.findall(path)]
    first, rest = walks[0], walks[1:]

    def walk(resource: Any) -> list[Any]:
        found = first([resource])
        for step in rest:
            if not found:
                break
            found = step(found)
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


def _compile_step(step: str, path: str) -> Walk:
    read = _STEP.fullmatch(step)
    if read is None:
        raise InternalError("A search parameter's path is beyond this evaluator.", where=path, got=step)
    if (name := read["name"]) is not None:
        if read["first"]:
            return lambda elements: [found for each in elements for found in _children([each], name)[:1]]
        return lambda elements: _children(elements, name)
    if (kind := read["type"]) is not None:
        return lambda elements: [each for each in elements if reference_type(each) == kind]
    key, text = read["key"], read["text"]
    if read["differs"]:
        others = text.split(",")
        return lambda elements: [each for each in elements if isinstance(each, dict) and each.get(key) not in others]
    return lambda elements: [each for each in elements if isinstance(each, dict) and each.get(key) == text]


def _children(elements: list[Any], name: str) -> list[Any]:
    found = []
    for element in elements:
        child = element.get(name) if isinstance(element, dict) else None
        if isinstance(child, list):
            found += [each for each in child if each is not None]
        elif child is not None:
            found.append(child)
    return found
