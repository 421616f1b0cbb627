"""Indexing: what each search parameter finds in a resource, as plain tuples ready to be stored.

    token      (code, system)      system "" where there is none
    string     (folded, text)
    date       (low, high)         half-open range in microseconds
    reference  (id, type)          (url, "") where the reference is not `Type/id`

What is not of the form its datatype promises is left out: a bad date is not found by a date search, and stops nothing.
Source: FHIR R4 3.1.1.4.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from tabard.fhir.dates import Range, period_range, range_of
from tabard.fhir.folding import fold
from tabard.fhir.json import Resource
from tabard.fhir.paths import Walk, compile_path, first_name
from tabard.fhir.search_parameters import Kind, Parameter, Source, parameters_of
from tabard.ground.errors import InternalError

EDITION = 1
"""Counted up when this file, `folding`, `dates` or `paths` comes to find other values than before: stores then index anew."""

Value = tuple[str, str] | tuple[int, int]
Read = Callable[[Any], Sequence[Value]]


class Probe(NamedTuple):
    """One place that a parameter looks at: the resource must have `first`, `walk` reaches elements, `read` tells their values."""

    first: str
    parameter: Parameter
    walk: Walk
    read: Read


_BOOLEANS = "http://terminology.hl7.org/CodeSystem/special-values"


@cache
def probes(resource_type: str) -> tuple[Probe, ...]:
    """All places that a type's parameters look at; none for a type without a table."""
    return tuple(
        Probe(first_name(source.path), parameter, compile_path(source.path), _reader(parameter.kind, source))
        for parameter in parameters_of(resource_type).values()
        for source in parameter.sources
    )


def find(resource: Resource, name: str) -> set[Value]:
    """The values of the parameter `name` in one resource; none where its type has no such parameter."""
    return {
        value
        for probe in probes(resource["resourceType"])
        if probe.parameter.name == name
        for element in probe.walk(resource)
        for value in probe.read(element)
    }


def _reader(kind: Kind, source: Source) -> Read:
    """How one element of a datatype tells its values."""
    if source.datatype == "code":
        return lambda element: _code(element, source.system)
    try:
        return _READERS[kind, source.datatype]
    except KeyError:
        raise InternalError("No index is known for this datatype.", where=source.path, got=source.datatype) from None


def _code(element: Any, system: str) -> Sequence[Value]:
    return ((element, system),) if isinstance(element, str) and element else ()


def _boolean(element: Any) -> Sequence[Value]:
    return (("true" if element else "false", _BOOLEANS),) if isinstance(element, bool) else ()


def _identifier(element: Any) -> Sequence[Value]:
    return _token(element.get("value"), element.get("system")) if isinstance(element, dict) else ()


def _coding(element: Any) -> Sequence[Value]:
    return _token(element.get("code"), element.get("system")) if isinstance(element, dict) else ()


def _concept(element: Any) -> Sequence[Value]:
    if not isinstance(element, dict):
        return ()
    return [value for coding in _list(element.get("coding")) for value in _coding(coding)]


def _token(code: Any, system: Any) -> Sequence[Value]:
    return ((code, system if isinstance(system, str) else ""),) if isinstance(code, str) and code else ()


def _string(element: Any) -> Sequence[Value]:
    return ((folded, element),) if isinstance(element, str) and (folded := fold(element)) else ()


def _name(element: Any) -> Sequence[Value]:
    """Any part of a HumanName, as the standard leaves to the server. Source: FHIR R4, Patient search parameter `name`."""
    if not isinstance(element, dict):
        return ()
    parts = [element.get("family"), element.get("text")]
    for key in ("given", "prefix", "suffix"):
        parts += _list(element.get(key))
    return [value for part in parts for value in _string(part)]


def _date(element: Any) -> Sequence[Range]:
    try:
        return (range_of(element),)
    except (TypeError, ValueError):
        return ()


def _period(element: Any) -> Sequence[Range]:
    found = period_range(element)
    return () if found is None else (found,)


def _timing(element: Any) -> Sequence[Range]:
    """Only the outer limits of a Timing count. Source: FHIR R4 3.1.1.4.7."""
    if not isinstance(element, dict):
        return ()
    repeat = element.get("repeat")
    ranges = [each for event in _list(element.get("event")) for each in _date(event)]
    ranges += _period(repeat.get("boundsPeriod")) if isinstance(repeat, dict) else ()
    return ((min(low for low, _ in ranges), max(high for _, high in ranges)),) if ranges else ()


def _reference(element: Any) -> Sequence[Value]:
    told = element.get("reference") if isinstance(element, dict) else None
    if not isinstance(told, str) or not told or told.startswith("#"):
        return ()
    parts = told.split("/_history/")[0].split("/")
    return ((parts[1], parts[0]) if len(parts) == 2 else (told, ""),)  # noqa: PLR2004  `Type/id`


def _list(element: Any) -> list[Any]:
    return element if isinstance(element, list) else []


_READERS: dict[tuple[Kind, str], Read] = {
    ("token", "boolean"): _boolean,
    ("token", "Identifier"): _identifier,
    ("token", "Coding"): _coding,
    ("token", "CodeableConcept"): _concept,
    ("string", "string"): _string,
    ("string", "HumanName"): _name,
    ("date", "date"): _date,
    ("date", "dateTime"): _date,
    ("date", "instant"): _date,
    ("date", "Period"): _period,
    ("date", "Timing"): _timing,
    ("reference", "Reference"): _reference,
}
