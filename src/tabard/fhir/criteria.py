"""Criteria: what a search asks of a resource, as values that a store turns into its language and `matching` evaluates.

Because both go by the same tests over the same index rows, they cannot come to disagree. A test is over the columns of one
row; a criterion is over a resource. Source: FHIR R4 3.1.1.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from tabard.fhir.indexing import COLUMNS, Row, Rows
from tabard.fhir.search_parameters import Kind

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "holds"]
"""How a column is compared; `holds` asks for a text anywhere inside."""


class Is(NamedTuple):
    """One column compared with one value, or with several for `in`."""

    column: str
    operator: Operator
    value: Any


class Both(NamedTuple):
    """All of the tests are true; of none it is true."""

    tests: "tuple[Test, ...]"


class Either(NamedTuple):
    """Any of the tests is true; of none it is false."""

    tests: "tuple[Test, ...]"


Test: TypeAlias = Is | Both | Either


class Has(NamedTuple):
    """Some row of `kind`, of one of the places `numbers`, passes `test`.

    `rank` says how few are expected: what has the lowest is looked up first. `is_scan` says that no index leads from a
    resource to the row.
    """

    kind: Kind
    numbers: tuple[int, ...]
    test: Test
    rank: int
    is_scan: bool = False


class Together(NamedTuple):
    """Rows of one and the same repeating element, one for each of `parts`."""

    parts: tuple[Has, ...]
    rank: int


class Own(NamedTuple):
    """A test over the resource's own `id`, `updated` (microseconds, exact to the millisecond) and `source`."""

    test: Test
    rank: int


class Lacks(NamedTuple):
    """The criterion does not hold."""

    criterion: "Criterion"


class All(NamedTuple):
    """All of them hold."""

    criteria: "tuple[Criterion, ...]"


class Any_(NamedTuple):  # noqa: N801  `Any` is taken
    """One of them holds; of none, none does."""

    criteria: "tuple[Criterion, ...]"


class PointsAt(NamedTuple):
    """It refers, from one of the places `numbers`, to a resource of `type` of which `criterion` holds (a chain)."""

    numbers: tuple[int, ...]
    type: str
    criterion: "Criterion"


class PointedAtBy(NamedTuple):
    """A resource of `type`, of which `criterion` holds, refers to it from one of the places `numbers` (`_has`)."""

    type: str
    numbers: tuple[int, ...]
    criterion: "Criterion"


Criterion: TypeAlias = Has | Together | Own | Lacks | All | Any_ | PointsAt | PointedAtBy
NOTHING = Any_(())
EVERYTHING = All(())

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda one, several: one in several,
    "holds": lambda text, part: part in text,
}


class Facts(NamedTuple):
    """One resource as criteria see it: its rows, and its own columns; a column that is not known is None."""

    rows: Rows
    own: Mapping[str, Any]


def passes(test: Test, columns: tuple[str, ...], values: tuple[Any, ...]) -> bool:
    """Whether a row of `values` under `columns` passes the test; nothing is true of what is not known."""
    match test:
        case Is(column, how, wanted):
            value = values[columns.index(column)]
            return value is not None and _COMPARE[how](value, wanted)
        case Both(tests):
            return all(passes(each, columns, values) for each in tests)
        case Either(tests):
            return any(passes(each, columns, values) for each in tests)


def holds(criterion: Criterion, facts: Facts) -> bool:
    """Whether the criterion holds of one resource. Raises ValueError for one that asks about other resources."""
    match criterion:
        case Has():
            return any(_is_such(criterion, row) for row in facts.rows[criterion.kind])
        case Together(parts):
            found = [{row[-1] for row in facts.rows[each.kind] if row[-1] and _is_such(each, row)} for each in parts]
            return bool(set.intersection(*found))
        case Own(test):
            return passes(test, tuple(facts.own), tuple(facts.own.values()))
        case Lacks(inner):
            return not holds(inner, facts)
        case All(criteria):
            return all(holds(each, facts) for each in criteria)
        case Any_(criteria):
            return any(holds(each, facts) for each in criteria)
        case _:
            raise ValueError("this asks about other resources")


def rank_of(criterion: Criterion) -> int:
    """How few resources are expected: the lower, the fewer."""
    match criterion:
        case Has() | Together() | Own():
            return criterion.rank
        case All(criteria) if criteria:
            return min(map(rank_of, criteria))
        case Any_(criteria) if criteria:
            return max(map(rank_of, criteria))
        case Any_():
            return -1
        case PointsAt(_, _, inner) | PointedAtBy(_, _, inner):
            return rank_of(inner) + 1
        case _:
            return LAST_RANK


LAST_RANK = 99
"""The rank of what never leads to few."""


def _is_such(wanted: Has, row: Row) -> bool:
    return row[0] in wanted.numbers and passes(wanted.test, COLUMNS[wanted.kind], row[1:-1])
