"""`_sort`: by which values the answer is put in order, and those values of one version of a resource.

A resource with several values is put at its lowest; one without any comes last, in either direction.
Source: FHIR R4 3.1.1.5.1.
"""

from collections.abc import Iterator, Sequence
from functools import cmp_to_key
from typing import Any, NamedTuple

from tabard.fhir import limits
from tabard.fhir.indexing import COLUMNS, Rows
from tabard.fhir.search_parameters import COMMON, Kind, Parameter, parameters_of
from tabard.record.errors import BadSearch

Position = tuple[Any, ...]
"""A place in the order: a value for each of the sorts (None for none), and the key at its end."""

_OWN = {"_id": "id", "_lastUpdated": "updated"}
_MADE = {"present", "spoken"}


class Sort(NamedTuple):
    """By `column` of the resource itself (`id`, `updated`, `dated`), or where that is "" by the rows of a parameter."""

    is_descending: bool
    column: str
    kind: Kind = "token"
    numbers: tuple[int, ...] = ()
    only: str = ""

    @property
    def value(self) -> str:
        """The column of the rows that is compared."""
        return COLUMNS[self.kind][0]

    def of(self, rows: Rows) -> Any:
        """The value in a version's rows."""
        kept = (row for row in rows[self.kind] if row[0] in self.numbers)
        return min((row[1] for row in kept if not self.only or row[2] == self.only), default=None)


def read_sorts(resource_type: str, values: Sequence[str]) -> tuple[Sort, ...]:
    """The order asked for; of none, that in which resources were first kept. Raises BadSearch."""
    if len(values) > 1:
        raise BadSearch("There is more than one _sort.", where="_sort", expected="one, with commas between its parts")
    names = [name for value in values for name in value.split(",")]
    limits.require(len(names), limits.MAX_SORTS, "parts in _sort", "_sort", "Sort by fewer.")
    return tuple(_sort(resource_type, name) for name in names)


def compare(sorts: Sequence[Sort]) -> Any:
    """A key for `sorted` that puts positions in order."""
    return cmp_to_key(lambda one, other: _compare(sorts, one, other))


def _compare(sorts: Sequence[Sort], one: Position, other: Position) -> int:
    for sort, a, b in zip(sorts, one, other, strict=False):
        if a == b:
            continue
        if a is None or b is None:
            return 1 if a is None else -1
        return (1 if a > b else -1) * (-1 if sort.is_descending else 1)
    return int(one[-1] > other[-1]) - int(one[-1] < other[-1])


def _sort(resource_type: str, told: str) -> Sort:
    name, is_descending = told.removeprefix("-"), told.startswith("-")
    if name in _OWN:
        return Sort(is_descending, _OWN[name])
    parameter = COMMON.get(name) or parameters_of(resource_type).get(name)
    if parameter is None or not _is_sortable(parameter):
        raise BadSearch(
            "This order cannot be had.",
            where="_sort",
            expected=f"some of {', '.join(sortable(resource_type))}, - before one for descending",
        )
    if name == "date" and parameter.kind == "date":
        return Sort(is_descending, "dated", "date", _numbers(parameter))
    return Sort(is_descending, "", parameter.kind, _numbers(parameter), parameter.only)


def sortable(resource_type: str) -> Iterator[str]:
    """The names by which resources of a type can be put in order."""
    yield from _OWN
    yield from (name for name, each in {**COMMON, **parameters_of(resource_type)}.items() if _is_sortable(each))


def _is_sortable(parameter: Parameter) -> bool:
    return parameter.kind != "composite" and not _MADE & {place.datatype for place in parameter.places}


def _numbers(parameter: Parameter) -> tuple[int, ...]:
    return tuple(place.number for place in parameter.places)
