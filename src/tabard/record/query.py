"""Queries: the parameters of a search, read strictly. What is not understood is refused by name, never ignored.

What a search asks of a resource is read by `fhir.asking`; here it is put together with how the answer is to be: which
order, how many, what comes along. Source: FHIR R4 3.1.1 (search), 3.1.1.3 (handling=strict), 3.1.1.5 (results).
"""

from collections.abc import Sequence
from typing import NamedTuple

from tabard.fhir import limits
from tabard.fhir.asking import Added, AnyOf, Asker, MayReach, Pair
from tabard.fhir.criteria import All, Criterion
from tabard.fhir.search_parameters import searchable_types
from tabard.ground.time import Clock, system_clock
from tabard.record.errors import BadSearch
from tabard.record.include_parameters import Include, read_includes
from tabard.record.sort_parameters import Sort, read_sorts

__all__ = ["DEFAULT_COUNT", "MAX_COUNT", "Added", "AnyOf", "MayReach", "Pair", "Query", "read_one", "read_query"]

MAX_COUNT = 200
DEFAULT_COUNT = 50

_INCLUDES = (
    "_include",
    "_include:iterate",
    "_include:recurse",
    "_revinclude",
    "_revinclude:iterate",
    "_revinclude:recurse",
)
_RESULT = ("_count", "_sort", "_total", *_INCLUDES)


class Query(NamedTuple):
    """A search understood."""

    type: str
    criterion: Criterion
    includes: tuple[Include, ...] = ()
    sorts: tuple[Sort, ...] = ()
    limit: int = 0
    has_total: bool = False


def read_query(
    resource_type: str,
    parameters: Sequence[Pair],
    count: int | None = None,
    *,
    within: Sequence[Added] = (),
    may_reach: MayReach | None = None,
    clock: Clock = system_clock,
) -> Query:
    """The query that `parameters` ask, of what `within` leaves. Raises BadSearch naming the first that cannot be carried out."""
    if resource_type not in searchable_types():
        raise BadSearch(
            "This is no resource type.", where=resource_type[:64], remedy="Name a resource type of FHIR R4."
        )
    limits.require(len(parameters) + len(within), limits.MAX_PARAMETERS, "parameters")
    asked: dict[str, list[str]] = {name: [] for name in _RESULT}
    asker = Asker(may_reach, clock)
    found = [asker.ask(resource_type, *pair) for pair in parameters if not _put_aside(asked, *pair)]
    added = [each for each in within if isinstance(each, AnyOf) or not _put_aside(asked, *each)]
    return Query(
        resource_type,
        All((*found, asker.ask_all(resource_type, added))),
        read_includes(resource_type, [(name, value) for name in _INCLUDES for value in asked[name]], asker),
        read_sorts(resource_type, asked["_sort"]),
        _count(asked["_count"], count),
        _has_total(asked["_total"]),
    )


def read_one(resource_type: str, name: str, value: str) -> Query:
    """The query for resources whose parameter `name` has exactly this one value: no commas, no escapes."""
    return Query(resource_type, Asker().ask(resource_type, name, value, is_plain=True))


def _put_aside(asked: dict[str, list[str]], name: str, value: str) -> bool:
    if name not in asked:
        return False
    asked[name].append(value)
    return True


def _count(values: list[str], asked: int | None) -> int:
    if any(not (each.isascii() and each.isdigit() and len(each) <= 9) for each in values) or len(values) > 1:  # noqa: PLR2004  digits of an int32
        raise BadSearch("The count is not a whole number.", where="_count", expected="one whole number from 0")
    wanted = [int(each) for each in values] + ([] if asked is None else [asked])
    return max(min([*wanted, MAX_COUNT]) if wanted else DEFAULT_COUNT, 0)


def _has_total(values: list[str]) -> bool:
    if any(each not in {"none", "estimate", "accurate"} for each in values):
        raise BadSearch("This kind of total is unknown.", where="_total", expected="none, estimate or accurate")
    return "none" not in values
