"""Queries: the parameters of a search, read strictly. What is not understood is refused by name, never ignored.

Source: FHIR R4 3.1.1 (search), 3.1.1.3 (handling=strict).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tabard.fhir import search_values
from tabard.fhir.folding import fold
from tabard.fhir.search_parameters import Parameter, parameters_of, searchable_types
from tabard.record import conditions
from tabard.record.conditions import Condition
from tabard.record.errors import BadSearch

MAX_COUNT = 200
DEFAULT_COUNT = 50
MAX_PARAMETERS = 50
MAX_VALUES = 1000
MAX_PIECES = 100

Pair = tuple[str, str]


class Include(NamedTuple):
    """`_include`: bring along what the reference `parameter` of a match points at, only of `target` when told."""

    parameter: str
    target: str | None


class Sort(NamedTuple):
    """`_sort`: by `updated` or `dated`."""

    column: str
    is_descending: bool


class Query(NamedTuple):
    """A search understood: all `conditions` hold at once."""

    type: str
    conditions: tuple[Condition, ...]
    includes: tuple[Include, ...]
    sort: Sort | None
    limit: int
    has_total: bool


def read_query(resource_type: str, parameters: Sequence[Pair], count: int | None = None) -> Query:
    """The query that `parameters` ask. Raises BadSearch naming the first parameter that cannot be carried out."""
    if resource_type not in searchable_types():
        raise BadSearch(
            "This type cannot be searched.", where=resource_type[:64], expected=", ".join(searchable_types())
        )
    if len(parameters) > MAX_PARAMETERS:
        raise BadSearch("Too many parameters.", expected=f"at most {MAX_PARAMETERS}", got=str(len(parameters)))
    asked: dict[str, list[str]] = {name: [] for name in ("_count", "_sort", "_total", "_include")}
    found = [_condition(resource_type, *pair) for pair in parameters if not _put_aside(asked, *pair)]
    if sum(len(piece.bound) for each in found for piece in each.pieces) > MAX_VALUES * 20:
        raise BadSearch("Too many values in all.", remedy="Ask in several searches.")
    return Query(
        resource_type,
        tuple(sorted(found, key=lambda each: each.rank)),
        tuple(_include(resource_type, value) for value in asked["_include"]),
        _sort(resource_type, asked["_sort"]),
        _count(asked["_count"], count),
        _has_total(asked["_total"]),
    )


def read_condition(resource_type: str, name: str, value: str) -> Condition:
    """The condition that parameter `name` has exactly this one value: no commas, no escapes."""
    return _condition(resource_type, name, value, is_plain=True)


def _put_aside(asked: dict[str, list[str]], name: str, value: str) -> bool:
    if name not in asked:
        return False
    asked[name].append(value)
    return True


def _condition(resource_type: str, name: str, value: str, *, is_plain: bool = False) -> Condition:
    bare, _, modifier = name.partition(":")
    try:
        value.encode()  # a lone surrogate is no text
        values = (value,) if is_plain and value else search_values.alternatives(value)
        if len(values) > MAX_VALUES:
            raise BadSearch("Too many values.", where=name[:64], expected=f"at most {MAX_VALUES}", got=str(len(values)))
        if bare in _COMMON and not modifier:
            return _COMMON[bare](values)
        parameter = parameters_of(resource_type).get(bare)
        if parameter is None or not _allows(parameter, modifier):
            raise _unknown(resource_type, name)
        condition = _BY_KIND[parameter.kind](parameter, values, modifier, is_plain)
    except ValueError as error:
        raise BadSearch(
            "The value is not of its parameter's form.",
            where=name[:64],
            expected=_FORMS.get(_kind(resource_type, bare)),
        ) from error
    if len(condition.pieces) > MAX_PIECES:
        raise BadSearch("Too many different values.", where=name[:64], expected=f"at most {MAX_PIECES}")
    return condition


def _allows(parameter: Parameter, modifier: str) -> bool:
    if parameter.kind == "string":
        return modifier in {"", "exact", "contains"}
    return not modifier or (parameter.kind == "reference" and modifier in parameter.targets)


def _unknown(resource_type: str, name: str) -> BadSearch:
    return BadSearch(
        "This search does not know the parameter or its modifier.",
        where=f"{resource_type}?{name[:64]}",
        expected=", ".join((*parameters_of(resource_type), *_COMMON, "_count", "_sort", "_include", "_total")),
        remedy="Leave it out, or ask for one of those that are known.",
    )


def _tokens(parameter: Parameter, values: Iterable[str], _modifier: str, is_plain: bool) -> Condition:  # noqa: FBT001  one face for all kinds
    read = search_values.plain_token if is_plain else search_values.token
    return conditions.of_tokens(parameter, [read(each) for each in values])


def _strings(parameter: Parameter, values: Iterable[str], modifier: str, is_plain: bool) -> Condition:  # noqa: FBT001  one face for all kinds
    texts = [each if is_plain else search_values.plain(each) for each in values]
    if not all(map(fold, texts)):
        raise ValueError("nothing to compare")
    return conditions.of_strings(parameter, texts, modifier)


def _dates(parameter: Parameter, values: Iterable[str], _modifier: str, _is_plain: bool) -> Condition:  # noqa: FBT001  one face for all kinds
    return conditions.of_dates(parameter, [search_values.moment(each) for each in values])


def _references(parameter: Parameter, values: Iterable[str], modifier: str, _is_plain: bool) -> Condition:  # noqa: FBT001  one face for all kinds
    targets = [search_values.target(each) for each in values]
    if modifier:
        if any(each.type not in {None, modifier} for each in targets):
            raise ValueError("the modifier and the value name two types")
        targets = [each._replace(type=modifier) for each in targets]
    return conditions.of_references(parameter, targets)


def _include(resource_type: str, value: str) -> Include:
    source, _, rest = value.partition(":")
    name, colon, target = rest.partition(":")
    parameter = parameters_of(source).get(name) if source == resource_type else None
    if parameter is None or parameter.kind != "reference" or (colon and target not in parameter.targets):
        known = [
            f"{resource_type}:{each.name}" for each in parameters_of(resource_type).values() if each.kind == "reference"
        ]
        raise BadSearch("This cannot be included.", where="_include", expected=", ".join(known), got=value[:64])
    return Include(name, target or None)


def _sort(resource_type: str, values: list[str]) -> Sort | None:
    if not values:
        return None
    columns = {"_lastUpdated": "updated"} | ({"date": "dated"} if "date" in parameters_of(resource_type) else {})
    name = values[0].removeprefix("-")
    if len(values) > 1 or name not in columns:
        raise BadSearch(
            "This order cannot be had.",
            where="_sort",
            expected=f"one of {', '.join(columns)}, - before it for descending",
        )
    return Sort(columns[name], values[0].startswith("-"))


def _count(values: list[str], asked: int | None) -> int:
    if any(not (each.isascii() and each.isdigit() and len(each) <= 9) for each in values) or len(values) > 1:  # noqa: PLR2004  digits of an int32
        raise BadSearch("The count is not a whole number.", where="_count", expected="one whole number from 0")
    wanted = [int(each) for each in values] + ([] if asked is None else [asked])
    return max(min([*wanted, MAX_COUNT]) if wanted else DEFAULT_COUNT, 0)


def _has_total(values: list[str]) -> bool:
    if any(each not in {"none", "estimate", "accurate"} for each in values):
        raise BadSearch("This kind of total is unknown.", where="_total", expected="none, estimate or accurate")
    return values != ["none"]


def _ids(values: Iterable[str]) -> Condition:
    return conditions.of_ids([search_values.plain(each) for each in values])


def _updated(values: Iterable[str]) -> Condition:
    return conditions.of_updated([search_values.moment(each) for each in values])


def _kind(resource_type: str, bare: str) -> str:
    parameter = parameters_of(resource_type).get(bare)
    return parameter.kind if parameter else bare


_COMMON: dict[str, Callable[[Iterable[str]], Condition]] = {"_id": _ids, "_lastUpdated": _updated}
_BY_KIND: dict[str, Callable[[Parameter, Iterable[str], str, bool], Condition]] = {
    "token": _tokens,
    "string": _strings,
    "date": _dates,
    "reference": _references,
}
_DATE_FORM = "a date such as ge2026-03-01 or 2026-03-01T08:30:00Z, + written as %2B, prefixes eq ne gt lt ge le sa eb"
_FORMS = {
    "token": "code, system|code, |code or system|",
    "string": "some text",
    "date": _DATE_FORM,
    "_lastUpdated": _DATE_FORM,
    "reference": "Type/id, an id, or a URL",
    "_id": "ids with commas between them",
}
