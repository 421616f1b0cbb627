"""References in what a product sends: found with their places, named anew, never beyond what may be reached. Pure.

Source: FHIR R4 2.3.0.1 (literal references), 3.1.0.11.2 (transaction: resolving references).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tabard.fhir import Resource
from tabard.gateway.errors import Refused
from tabard.gateway.kept.shape import misshapen

_LOCAL = re.compile(r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]{1,64})?", re.ASCII)
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]{1,63})\?(.+)", re.ASCII | re.DOTALL)
_BY_ADDRESS = frozenset({"reference", "url", "uri", "valueUri", "valueUrl"})


def literal(resource: Resource, kind: str) -> Iterator[tuple[str, str]]:
    """Place and text of each literal reference. Raises Refused for one that is not text."""
    left: list[tuple[str, Any]] = [(kind, resource)]
    while left:
        where, value = left.pop()
        if isinstance(value, dict):
            told = value.get("reference")
            if told is not None and _is_reference(value):
                if not isinstance(told, str):
                    raise misshapen(f"{where}.reference", "a text", "something else", "Send Type/id.")
                yield f"{where}.reference", told
            left.extend((f"{where}.{name}", inner) for name, inner in value.items())
        elif isinstance(value, list):
            left.extend((f"{where}[{place}]", inner) for place, inner in enumerate(value))


def _is_reference(value: dict[str, Any]) -> bool:
    """Whether this is a Reference: an element named so that holds another one is looked into by itself."""
    return not isinstance(value["reference"], dict | list)


def local(reference: str) -> tuple[str, str] | None:
    """Type and id of a relative reference; None for any other."""
    found = _LOCAL.fullmatch(reference)
    return None if found is None else (found[1], found[2])


def conditional(reference: str) -> tuple[str, str] | None:
    """Type and query of a conditional reference; None for any other."""
    found = _CONDITIONAL.fullmatch(reference)
    return None if found is None else (found[1], found[2])


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The value with each address that is in `names` in its new form."""
    if isinstance(value, dict):
        return {
            name: names.get(inner, inner) if name in _BY_ADDRESS and isinstance(inner, str) else renamed(inner, names)
            for name, inner in value.items()
        }
    return [renamed(one, names) for one in value] if isinstance(value, list) else value


def relative_names(resource: Resource, kind: str, base: str) -> dict[str, str]:
    """Of the references that begin with our own address, what they are without it."""
    start = f"{base}/"
    return {told: told[len(start) :] for _, told in literal(resource, kind) if told.startswith(start)}


def unreachable(where: str) -> Refused:
    """422: a reference to what the product may not reach, or what is not there: which of both is not told."""
    return Refused(
        422, "invalid", "reference", "This refers to what cannot be reached from here.", where=where,
        expected="a reference Type/id to what this product may read in this context",
        remedy="Refer to the patient or visit of the launch, or to what was read with this token.",
    )  # fmt: skip
