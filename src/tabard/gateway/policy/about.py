"""Whom and which visit a resource is about, told by the elements that the standard's search parameters look at. Pure.

Source: FHIR R4, CompartmentDefinition "patient"; search parameters `patient`, `subject` and `encounter`.
"""

from functools import cache
from typing import Any

from tabard.fhir import Resource
from tabard.fhir.paths import Walk, compile_path
from tabard.fhir.search_parameters import parameters_of
from tabard.gateway.policy.types import COMPARTMENT

_ENCOUNTER = "encounter"
SEVERAL = frozenset({"Account", "Appointment", "Coverage", "Provenance", "Schedule"})
"""Types of which one may name several patients: each is judged by itself, so that counts are not told without counting."""


def is_of_patient(resource: Resource, kind: str, patient: str) -> bool:
    """Whether the resource is about this patient and no other; one that names nobody is about nobody."""
    if kind not in SEVERAL and isinstance(resource.get(_first(kind)), list):
        return False  # one that cannot be there several times is not what the standard says, hence about nobody known
    named = {one for one in _named(resource, kind, COMPARTMENT[kind]) if one.startswith("Patient/")}
    return named == {f"Patient/{patient}"}


def is_of_visit(resource: Resource, kind: str, visit: str) -> bool:
    """Whether the resource is seen in the context of this visit.

    Of a type that tells its visit, only what names this one; of another, what names no other.
    """
    if _ENCOUNTER in parameters_of(kind):
        return set(_named(resource, kind, _ENCOUNTER)) == {f"Encounter/{visit}"}
    return all(one == f"Encounter/{visit}" for one in _references(resource.get(_ENCOUNTER)))


def _named(resource: Resource, kind: str, parameter: str) -> list[str]:
    return [one for walk in _walks(kind, parameter) for element in walk(resource) for one in _references(element)]


@cache
def _first(kind: str) -> str:
    return parameters_of(kind)[COMPARTMENT[kind]].places[0].path.partition(".")[0]


@cache
def _walks(kind: str, parameter: str) -> tuple[Walk, ...]:
    return tuple(compile_path(place.path) for place in parameters_of(kind)[parameter].places)


def _references(element: Any) -> list[str]:
    """What an element refers to, literally; one that is no plain reference is about nobody known."""
    if element is None:
        return []
    reference = element.get("reference") if isinstance(element, dict) else None
    return [reference if isinstance(reference, str) else ""]
