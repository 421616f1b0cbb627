"""Weighing: what a criterion costs a store, counted before anything is asked of it."""

from tabard.fhir.criteria import (
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
)


def tests_in(criterion: Criterion) -> int:
    """How many tests a store carries out apart from each other."""
    match criterion:
        case Has(_, _, test) | Own(test):
            return len(test.tests) if isinstance(test, Either) else 1
        case Together(parts):
            return sum(map(tests_in, parts))
        case All(criteria) | Any_(criteria):
            return sum(map(tests_in, criteria))
        case Lacks(inner):
            return tests_in(inner)
        case _:
            return 0


def bound_by(criterion: Criterion) -> int:
    """How many values are bound."""
    match criterion:
        case Has(_, places, test):
            return len(places) * (len(test.tests) if isinstance(test, Either) else 1) + _values(test)
        case Own(test):
            return _values(test)
        case Together(parts):
            return sum(map(bound_by, parts))
        case All(criteria) | Any_(criteria):
            return sum(map(bound_by, criteria))
        case Lacks(inner):
            return bound_by(inner)
        case PointsAt() | PointedAtBy():
            return 0  # counted when it was read


def _values(test: Test) -> int:
    match test:
        case Is(_, how, value):
            return len(value) if how == "in" else 1
        case Both(tests) | Either(tests):
            return sum(map(_values, tests))
