"""Conditions: a criterion as SQL over the index tables, for both engines. Values are always bound, never text of SQL.

Rule: of criteria that must all hold, the one expected to leave the fewest resources leads, as a set of keys; of each
further one it is asked whether a resource at hand has such a row, wherever an index leads from the resource to it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tabard.database import Flavour
from tabard.fhir.criteria import (
    LAST_RANK,
    NOTHING,
    All,
    Any_,
    Both,
    Criterion,
    Either,
    Has,
    Is,
    Lacks,
    Own,
    PointedAtBy,
    PointsAt,
    Test,
    Together,
    rank_of,
)

Binding = str | int | float
_RANGES = ("low", "high")


class Sql(NamedTuple):
    """A piece of SQL and what is bound to it."""

    text: str
    bound: tuple[Binding, ...] = ()


class Scope(NamedTuple):
    """Where a piece of SQL stands: resources of `type`, named `alias`, on an engine of `flavour`."""

    type: str
    alias: str
    flavour: Flavour

    def inner(self, resource_type: str) -> "Scope":
        """The scope of a subquery inside this one."""
        return Scope(resource_type, f"{self.alias}x", self.flavour)


def where(criterion: Criterion, scope: Scope) -> Sql:
    """The condition that a resource of the scope is there, of its type, and all that is asked of it."""
    wanted = sorted(_flat(criterion), key=rank_of)
    leads = bool(wanted) and rank_of(wanted[0]) < LAST_RANK
    is_by_rows = leads and not isinstance(wanted[0], Own)
    pieces = [_of_type(scope, is_led=is_by_rows)]
    pieces += [_lead(each, scope) if leads and not at else _also(each, scope) for at, each in enumerate(wanted)]
    return _join(" AND ", pieces)


def leads_by_rows(criterion: Criterion) -> bool:
    """Whether the condition begins at index rows, and not at the resources themselves."""
    first = min(_flat(criterion), key=rank_of, default=None)
    return first is not None and rank_of(first) < LAST_RANK and not isinstance(first, Own)


def numbered(numbers: Sequence[int], name: str = "parameter") -> Sql:
    """That a row is of one of the places."""
    if len(numbers) == 1:
        return Sql(f"{name} = ?", (numbers[0],))
    return Sql(f"{name} IN ({', '.join('?' * len(numbers))})", tuple(numbers))


def _flat(criterion: Criterion) -> list[Criterion]:
    if isinstance(criterion, All):
        return [one for each in criterion.criteria for one in _flat(each)]
    return [criterion]


def _of_type(scope: Scope, *, is_led: bool) -> Sql:
    # Else the planner might start at the type when a condition leads to far fewer resources.
    column = f"{scope.alias}.type"
    return Sql(f"{scope.flavour.unindexed(column) if is_led else column} = ? AND {scope.alias}.gone = 0", (scope.type,))


def _lead(criterion: Criterion, scope: Scope) -> Sql:
    """The first condition: the resources that its rows name."""
    if isinstance(criterion, Own):
        return _test(criterion.test, f"{scope.alias}.", scope)
    keys = _keys(criterion, scope)
    return Sql(f"{scope.alias}.key IN ({keys.text})", keys.bound)


def _also(criterion: Criterion, scope: Scope) -> Sql:
    """A further condition: whether a resource at hand is such."""
    match criterion:
        case Has() | Together():
            return _has_row(criterion, scope)
        case Lacks(inner):
            found = _also(inner, scope)
            return Sql(f"NOT ({found.text})", found.bound)
        case All(criteria):
            return _join(" AND ", [_also(each, scope) for each in criteria], "TRUE")
        case Any_(criteria):
            return _join(" OR ", [_also(each, scope) for each in criteria], "FALSE")
        case PointedAtBy():
            return _is_pointed_at(criterion, scope)
        case _:
            return _lead(criterion, scope)


def _has_row(criterion: Has | Together, scope: Scope) -> Sql:
    """Starting from the resource; not EXISTS: SQLite may turn that into a join and start from the wider side."""
    if isinstance(criterion, Together):
        found = _together(criterion, scope, f"r0.key = {scope.alias}.key AND ")
        return Sql(f"({found.text} LIMIT 1) IS NOT NULL", found.bound)
    if criterion.is_scan:
        return _lead(criterion, scope)
    has_row = f"(SELECT 1 FROM {criterion.kind} WHERE key = {scope.alias}.key AND {{}} LIMIT 1) IS NOT NULL"  # noqa: S608  values are bound
    return _join(" OR ", [Sql(has_row.format(each.text), each.bound) for each in _pieces(criterion, scope)])


def _keys(criterion: Criterion, scope: Scope) -> Sql:
    """A SELECT of the keys of the resources of which the criterion holds."""
    match criterion:
        case Has():
            select = f"SELECT key FROM {criterion.kind} WHERE {{}}"  # noqa: S608  values are bound
            return _union(Sql(select.format(each.text), each.bound) for each in _pieces(criterion))
        case Together():
            return _together(criterion, scope, "")
        case Any_(criteria) if criteria:
            return _union(_keys(each, scope) for each in criteria)
        case PointsAt():
            return _pointing(criterion, scope)
        case PointedAtBy():
            return _pointed(criterion, scope)
        case _:
            return _keys_of_all(criterion, scope.inner(scope.type))


def _keys_of_all(criterion: Criterion, scope: Scope) -> Sql:
    if criterion == NOTHING:
        return Sql("SELECT key FROM resource WHERE FALSE")
    found = where(criterion, scope)
    return Sql(f"SELECT {scope.alias}.key FROM resource {scope.alias} WHERE {found.text}", found.bound)  # noqa: S608  values are bound


def _pointing(criterion: PointsAt, scope: Scope) -> Sql:
    """The keys of those that refer to a resource of the type of which something holds."""
    inner = scope.inner(criterion.type)
    found, places = where(criterion.criterion, inner), numbered(criterion.numbers)
    return Sql(
        f"SELECT key FROM reference WHERE {places.text} AND type = ? AND target IN"  # noqa: S608  values are bound
        f" (SELECT {inner.alias}.id FROM resource {inner.alias} WHERE {found.text})",
        (*places.bound, criterion.type, *found.bound),
    )


def _pointed(criterion: PointedAtBy, scope: Scope) -> Sql:
    """The keys of those that a resource of the type, of which something holds, refers to."""
    here, inner = scope.inner(scope.type), scope.inner(scope.type).inner(criterion.type)
    found, places = where(criterion.criterion, inner), numbered(criterion.numbers)
    return Sql(
        f"SELECT {here.alias}.key FROM resource {here.alias} WHERE {here.alias}.type = ? AND {here.alias}.id IN"  # noqa: S608  values are bound
        f" (SELECT target FROM reference WHERE {places.text} AND type = ? AND key IN"
        f" (SELECT {inner.alias}.key FROM resource {inner.alias} WHERE {found.text}))",
        (scope.type, *places.bound, scope.type, *found.bound),
    )


def _is_pointed_at(criterion: PointedAtBy, scope: Scope) -> Sql:
    """Whether the resource at hand is one of those, starting from what refers to it."""
    inner = scope.inner(criterion.type)
    found, places = _also(criterion.criterion, inner), numbered(criterion.numbers, "f.parameter")
    return Sql(
        f"(SELECT 1 FROM reference f JOIN resource {inner.alias} ON {inner.alias}.key = f.key WHERE {places.text}"  # noqa: S608  values are bound
        f" AND f.target = {scope.alias}.id AND f.type = ? AND {inner.alias}.gone = 0 AND {found.text} LIMIT 1) IS NOT NULL",
        (*places.bound, scope.type, *found.bound),
    )


def _together(criterion: Together, scope: Scope, start: str) -> Sql:
    """Keys of resources that have rows of one and the same element for each part; joined in the order of the parts."""
    parts = sorted(criterion.parts, key=rank_of)
    tables = " CROSS JOIN ".join(f"{each.kind} r{at}" for at, each in enumerate(parts))
    same = "".join(f" AND r{at}.key = r0.key AND r{at}.place = r0.place" for at in range(1, len(parts)))
    pieces = [
        _join(
            " AND ",
            [
                numbered(each.numbers, f"r{at}.parameter"),
                _test(_at_hand(each.test, scope.flavour, f"r{at}."), "") if at or start else _test(each.test, "r0."),
            ],
        )
        for at, each in enumerate(parts)
    ]
    found = _join(" AND ", pieces)
    return Sql(f"SELECT r0.key FROM {tables} WHERE {start}{found.text}{same}", found.bound)  # noqa: S608  values are bound


def _pieces(criterion: Has, scope: Scope | None = None) -> list[Sql]:
    """The rows asked for, apart from each other where any of several will do: each is then looked up by itself.

    With a `scope` the rows are those of a resource at hand.
    """
    test = criterion.test if scope is None else _at_hand(criterion.test, scope.flavour)
    tests = test.tests if isinstance(test, Either) else (test,)
    places = numbered(criterion.numbers)
    found = [_test(each, "") for each in tests] or [Sql("FALSE")]
    return [Sql(f"{places.text} AND {each.text}", (*places.bound, *each.bound)) for each in found]


def _at_hand(test: Test, flavour: Flavour, start: str = "") -> Test:
    """The test over rows that are found by their resource: else a planner might go through all that lie in a range."""
    match test:
        case Is(column, how, value):
            name = f"{start}{column}"
            return Is(flavour.unindexed(name) if column in _RANGES else name, how, value)
        case Both(tests):
            return Both(tuple(_at_hand(each, flavour, start) for each in tests))
        case Either(tests):
            return Either(tuple(_at_hand(each, flavour, start) for each in tests))


def _test(test: Test, start: str, scope: Scope | None = None) -> Sql:
    """The test over columns that begin with `start`."""
    match test:
        case Both(tests):
            return _join(" AND ", [_test(each, start, scope) for each in tests], "TRUE")
        case Either(tests):
            return _join(" OR ", [_test(each, start, scope) for each in tests], "FALSE")
        case Is("source", how, value) if scope is not None:
            inner = _is("v.source", how, value)
            text = f"(SELECT 1 FROM version v WHERE v.seq = {scope.alias}.seq AND {inner.text}) IS NOT NULL"  # noqa: S608  values are bound
            return Sql(text, inner.bound)
        case Is(column, how, value):
            return _is(f"{start}{column}", how, value)


def _is(column: str, how: str, value: Any) -> Sql:
    if how == "holds":
        return Sql(f"instr({column}, ?) > 0", (value,))
    if how == "in" and len(value) != 1:
        return Sql(f"{column} IN ({', '.join('?' * len(value))})", tuple(value))
    return Sql(f"{column} = ?", tuple(value)) if how == "in" else Sql(f"{column} {how} ?", (value,))


def _union(selects: Iterable[Sql]) -> Sql:
    selects = tuple(selects)
    return Sql(" UNION ALL ".join(each.text for each in selects), tuple(one for each in selects for one in each.bound))


def _join(by: str, pieces: Iterable[Sql], of_none: str = "TRUE") -> Sql:
    pieces = tuple(pieces)
    if not pieces:
        return Sql(of_none)
    return Sql(f"({by.join(each.text for each in pieces)})", tuple(value for each in pieces for value in each.bound))
