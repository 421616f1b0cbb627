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

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from tabard.fhir.elements import Read, Value, identifier_types, reader, reference_identifier
from tabard.fhir.json import Resource
from tabard.fhir.paths import Keeps, Step, Walk, compile_path, reference_type, steps_of
from tabard.fhir.search_parameters import COMMON, Kind, Parameter, Place, parameters_of

EDITION = 2
"""Counted up when this file, `elements`, `folding`, `dates` or `paths` comes to find other values than before: stores then index anew."""

_Way = tuple[Kind, Place, tuple[Step, ...]]
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


class Reading(NamedTuple):
    """What is read of one element: rows of `kind` under `number`, with the count of the element around it where `is_placed`."""

    number: int
    kind: Kind
    read: Read
    is_placed: bool


class Node(NamedTuple):
    """What is done with an element that is reached: what is read of it, and where it goes on.

    A child is told by its name, whether only the first counts, and whether a composite asks which of these elements a value
    stands in.
    """

    readings: tuple[Reading, ...]
    children: "tuple[tuple[str, bool, bool, Node], ...]"
    kept: "tuple[tuple[Keeps, Node], ...]"


def empty_rows() -> Rows:
    """No rows of any kind."""
    return {kind: set() for kind in COLUMNS}


def rows_of(resource: Resource) -> Rows:
    """The index rows of a resource: one walk through it, along the places where something is looked for."""
    rows = empty_rows()
    _visit(tree(resource["resourceType"]), resource, rows, 0)
    return rows


def find(resource: Resource, name: str) -> set[Value]:
    """The values of the parameter `name` in one resource; none where its type has no such parameter, or a composite."""
    only, own = _places_of(resource["resourceType"], name)
    values = {value for walk, read in own for element in walk(resource) for value in read(element)}
    return {value for value in values if _is_of(only, *value)} if only else values


@cache
def tree(resource_type: str) -> Node:
    """All places that a type's parameters look at, put together where their paths go the same way."""
    parameters = (*COMMON.values(), *parameters_of(resource_type).values())
    places = {(kind, place): None for parameter in parameters for kind, place in _places(parameter)}
    return _grown("", [(kind, place, steps_of(place.path)) for kind, place in places])


def _grown(walked: str, ways: Sequence[_Way]) -> Node:
    """The node at which all of `ways` have `walked` so far; their steps are those still to go."""
    ends = [reading for kind, place, steps in ways if not steps for reading in _readings(kind, place)]
    onward: dict[str, list[_Way]] = {}
    for kind, place, (first, *others) in (way for way in ways if way[2]):
        onward.setdefault(first.text, []).append((kind, place, (first, *others)))
    children: list[tuple[str, bool, bool, Node]] = []
    kept: list[tuple[Keeps, Node]] = []
    for text, same in onward.items():
        step, there = same[0][2][0], f"{walked}.{text}".removeprefix(".")
        inner = _grown(there, [(kind, place, steps[1:]) for kind, place, steps in same])
        if step.keeps is None:
            children.append((step.name, step.is_first, any(place.around == there for _, place, _ in same), inner))
        else:
            kept.append((step.keeps, inner))
    return Node(tuple(dict.fromkeys(ends)), tuple(children), tuple(kept))


def _visit(node: Node, element: Any, rows: Rows, place: int) -> None:
    readings, children, kept = node
    for number, kind, read, is_placed in readings:
        for value in read(element):
            rows[kind].add((number, *value, place if is_placed else 0))
    for keeps, inner in kept:
        if keeps(element):
            _visit(inner, element, rows, place)
    if children and isinstance(element, dict):
        _visit_children(children, element, rows, place)


def _visit_children(
    children: tuple[tuple[str, bool, bool, Node], ...], element: dict[str, Any], rows: Rows, place: int
) -> None:
    for name, is_first, counts, inner in children:
        child = element.get(name)
        if child is None:
            continue
        if not isinstance(child, list):
            _visit(inner, child, rows, 1 if counts else place)
            continue
        for at, each in enumerate(child[:1] if is_first else child, 1):
            if each is not None:
                _visit(inner, each, rows, at if counts else place)


def _places(parameter: Parameter) -> Iterator[tuple[Kind, Place]]:
    yield from ((parameter.kind, place) for place in parameter.places)
    for components in parameter.composites:
        yield from ((each.kind, place) for each in components for place in each.places)


def _readings(kind: Kind, place: Place) -> Iterator[Reading]:
    is_placed = bool(place.around)
    yield Reading(place.number, kind, reader(kind, place), is_placed)
    if place.datatype == "Identifier":
        yield Reading(-place.number, "token", identifier_types, is_placed)
    if place.datatype == "Reference":
        yield Reading(place.number, "token", reference_identifier, is_placed)


@cache
def _places_of(resource_type: str, name: str) -> tuple[str, tuple[tuple[Walk, Read], ...]]:
    """The one type that a parameter is narrowed to (else ""), and where it looks."""
    parameter = COMMON.get(name) or parameters_of(resource_type).get(name)
    if parameter is None:
        return "", ()
    return parameter.only, tuple((compile_path(each.path), reader(parameter.kind, each)) for each in parameter.places)


def _is_of(only: str, target: str, kind: str) -> bool:
    """Whether a reference is, or may be, to the one type; a URL that tells no type may be of any."""
    return kind == only or (kind == "" and reference_type({"reference": target}) in {only, None})
