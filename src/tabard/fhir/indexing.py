"""Indexing: what each search parameter finds in a resource, as plain tuples ready to be stored.

    token      (code, system)      system "" where there is none
    string     (folded, text)
    date       (low, high)         half-open range in microseconds
    reference  (id, type)          (url, "") where the reference is not `Type/id`

What is not of the form its datatype promises is left out: a bad date is not found by a date search, and stops nothing.
Source: FHIR R4 3.1.1.4.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from typing import Any

from tabard.fhir.dates import Range, period_range, range_of
from tabard.fhir.folding import fold
from tabard.fhir.json import Resource
from tabard.fhir.paths import compile_path
from tabard.fhir.search_parameters import Kind, Parameter, Source, parameters_of
from tabard.ground.errors import InternalError

EDITION = 1
"""Counted up when this file, `folding`, `dates` or `paths` comes to find other values than before: stores then index anew."""

Value = tuple[str, str] | tuple[int, int]
Find = Callable[[Resource], Iterator[Value]]
Read = Callable[[Any], Iterator[Value]]

_BOOLEANS = "http://terminology.hl7.org/CodeSystem/special-values"


@cache
def finders(resource_type: str) -> tuple[tuple[Parameter, Find], ...]:
    """For each parameter of a type, the function that finds its values; empty for a type without a table."""
    return tuple((parameter, _finder(parameter)) for parameter in parameters_of(resource_type).values())


def find(resource: Resource, name: str) -> set[Value]:
    """The values of the parameter `name` in one resource. Raises KeyError for a parameter that its type has not."""
    for parameter, finder in finders(resource["resourceType"]):
        if parameter.name == name:
            return set(finder(resource))
    raise KeyError(name)


def _finder(parameter: Parameter) -> Find:
    sources = tuple((compile_path(source.path), _reader(parameter.kind, source)) for source in parameter.sources)
    if len(sources) == 1:
        [(walk, read)] = sources
        return lambda resource: chain.from_iterable(map(read, walk(resource)))
    return lambda resource: chain.from_iterable(read(each) for walk, read in sources for each in walk(resource))


def _reader(kind: Kind, source: Source) -> Read:
    """How one element of a datatype tells its values."""
    if source.datatype == "code":
        return lambda element: _code(element, source.system)
    try:
        return _READERS[kind, source.datatype]
    except KeyError:
        raise InternalError("No index is known for this datatype.", where=source.path, got=source.datatype) from None


def _code(element: Any, system: str) -> Iterator[Value]:
    if isinstance(element, str) and element:
        yield element, system


def _boolean(element: Any) -> Iterator[Value]:
    if isinstance(element, bool):
        yield ("true" if element else "false"), _BOOLEANS


def _identifier(element: Any) -> Iterator[Value]:
    if isinstance(element, dict):
        yield from _token(element.get("value"), element.get("system"))


def _coding(element: Any) -> Iterator[Value]:
    if isinstance(element, dict):
        yield from _token(element.get("code"), element.get("system"))


def _concept(element: Any) -> Iterator[Value]:
    if isinstance(element, dict):
        for coding in element.get("coding") or ():
            yield from _coding(coding)


def _token(code: Any, system: Any) -> Iterator[Value]:
    if isinstance(code, str) and code:
        yield code, system if isinstance(system, str) else ""


def _string(element: Any) -> Iterator[Value]:
    if isinstance(element, str) and (folded := fold(element)):
        yield folded, element


def _name(element: Any) -> Iterator[Value]:
    """Any part of a HumanName, as the standard leaves to the server. Source: FHIR R4, Patient search parameter `name`."""
    if isinstance(element, dict):
        for key in ("family", "text"):
            yield from _string(element.get(key))
        for key in ("given", "prefix", "suffix"):
            for part in element.get(key) or ():
                yield from _string(part)


def _date(element: Any) -> Iterator[Range]:
    try:
        yield range_of(element)
    except (TypeError, ValueError):
        return


def _period(element: Any) -> Iterator[Range]:
    if (found := period_range(element)) is not None:
        yield found


def _timing(element: Any) -> Iterator[Range]:
    """Only the outer limits of a Timing count. Source: FHIR R4 3.1.1.4.7."""
    if not isinstance(element, dict):
        return
    repeat = element.get("repeat")
    ranges = [each for event in element.get("event") or () for each in _date(event)]
    ranges += _period(repeat.get("boundsPeriod")) if isinstance(repeat, dict) else ()
    if ranges:
        yield min(low for low, _ in ranges), max(high for _, high in ranges)


def _reference(element: Any) -> Iterator[Value]:
    told = element.get("reference") if isinstance(element, dict) else None
    if not isinstance(told, str) or not told or told.startswith("#"):
        return
    parts = told.split("/_history/")[0].split("/")
    yield (parts[1], parts[0]) if len(parts) == 2 else (told, "")  # noqa: PLR2004  `Type/id`


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
