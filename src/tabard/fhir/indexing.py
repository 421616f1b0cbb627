"""Indexing: what each place finds in a resource, as rows ready to be stored or compared.

    token      (number, code, system, place)              system "" where there is none
    string     (number, folded, text, place)
    date       (number, low, high, place)                 half-open range in microseconds
    reference  (number, target, type, place)              (url, "") where the reference is not `Type/id`
    number     (number, low, high, place)                 closed range
    quantity   (number, low, high, code, system, unit, place)
    uri        (number, uri, place)

`number` tells the type and the place, see `search_parameters`; `place` counts the elements of which a composite asks what
stands together, from 1, and is 0 anywhere else. Tokens hold two things more: under the negative number what `:of-type`
asks of an identifier, and under a reference's number its identifier. Source: FHIR R4 3.1.1.4.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from tabard.fhir.elements import Read, Value, identifier_types, reader, reference_identifier
from tabard.fhir.json import Resource
from tabard.fhir.paths import Walk, compile_path, first_name, reference_type
from tabard.fhir.search_parameters import COMMON, Kind, Place, parameters_of

EDITION = 2
"""Counted up when this file, `elements`, `folding`, `dates` or `paths` comes to find other values than before: stores then index anew."""

Row = tuple[Any, ...]
Rows = dict[Kind, set[Row]]

COLUMNS: dict[Kind, tuple[str, ...]] = {
    "token": ("code", "system"),
    "string": ("folded", "text"),
    "date": ("low", "high"),
    "reference": ("target", "type"),
    "number": ("low", "high"),
    "quantity": ("low", "high", "code", "system", "unit"),
    "uri": ("uri",),
}
"""What a row of each kind holds between its number and its place."""


class Probe(NamedTuple):
    """One place that is looked at: `walk` reaches elements, `read` tells their values; see `Place.around`."""

    number: int
    kind: Kind
    around: Walk | None
    walk: Walk
    read: Read


def empty_rows() -> Rows:
    """No rows of any kind."""
    return {kind: set() for kind in COLUMNS}


def rows_of(resource: Resource) -> Rows:
    """The index rows of a resource."""
    rows = empty_rows()
    by_first = probes(resource["resourceType"])
    for name in resource:
        for number, kind, around, walk, read in by_first.get(name, ()):
            found = rows[kind]
            if around is not None:
                found.update((number, *value, place) for place, value in _placed(around(resource), walk, read))
                continue
            for element in walk(resource):
                for value in read(element):
                    found.add((number, *value, 0))
    return rows


def find(resource: Resource, name: str) -> set[Value]:
    """The values of the parameter `name` in one resource; none where its type has no such parameter, or a composite."""
    parameter = {**COMMON, **parameters_of(resource["resourceType"])}.get(name)
    if parameter is None or parameter.kind == "composite":
        return set()
    numbers = {place.number for place in parameter.places}
    rows = rows_of(resource)[parameter.kind]
    values = {row[1:-1] for row in rows if row[0] in numbers}
    return {value for value in values if _is_of(parameter.only, *value)} if parameter.only else values


def _is_of(only: str, target: str, kind: str) -> bool:
    """Whether a reference is, or may be, to the one type; a URL that tells no type may be of any."""
    return kind == only or (kind == "" and reference_type({"reference": target}) in {only, None})


@cache
def probes(resource_type: str) -> dict[str, tuple[Probe, ...]]:
    """All places that a type's parameters look at, by the element of the resource that each begins at."""
    found: dict[str, dict[tuple[int, Kind], Probe]] = {}
    for parameter in (*COMMON.values(), *parameters_of(resource_type).values()):
        for kind, place in _places(parameter):
            own = found.setdefault(first_name(place.path), {})
            own.update({(probe.number, probe.kind): probe for probe in _probes(kind, place)})
    return {name: tuple(own.values()) for name, own in found.items()}


def _places(parameter: Any) -> Iterator[tuple[Kind, Place]]:
    yield from ((parameter.kind, place) for place in parameter.places)
    for components in parameter.composites:
        yield from ((each.kind, place) for each in components for place in each.places)


def _probes(kind: Kind, place: Place) -> Iterator[Probe]:
    around = compile_path(place.around) if place.around else None
    walk = compile_path(place.path[len(place.around) + 1 :] if place.around else place.path)
    yield Probe(place.number, kind, around, walk, reader(kind, place))
    if place.datatype == "Identifier":
        yield Probe(-place.number, "token", around, walk, identifier_types)
    if place.datatype == "Reference":
        yield Probe(place.number, "token", around, walk, reference_identifier)


def _placed(elements: list[Any], walk: Callable[[Any], list[Any]], read: Read) -> Iterator[tuple[int, Value]]:
    for place, element in enumerate(elements, 1):
        for inner in walk(element):
            yield from ((place, value) for value in read(inner))
