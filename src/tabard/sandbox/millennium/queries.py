"""A search read and judged by its type's rule, before anything is looked up. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tabard.sandbox.millennium.dates import BadDate, Bound, bound
from tabard.sandbox.millennium.rules import RULES, Kind, Rule

NOTHING_GIVEN = "no supported search parameters provided"
_EXACT = {"name", "family", "given"}
_LOWER, _UPPER = {"ge", "gt"}, {"le", "lt"}


class RefusedSearch(Exception):  # noqa: N818  a verdict on its way to an answer; it never leaves the server
    """A search that the rule does not allow: why, and whether Millennium says so in plain text."""

    def __init__(self, why: str, *, is_plain: bool = False, code: str = "invalid") -> None:
        super().__init__(why)
        self.why = why
        self.is_plain = is_plain
        self.code = code


@dataclass(frozen=True, slots=True)
class Clause:
    """One parameter as it was asked: any of `values` will do; `bounds` are those of a date."""

    name: str
    kind: Kind
    values: tuple[str, ...]
    is_exact: bool = False
    bounds: Bound | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A search that the rule allows. `count` is the page size, `is_paged` false where `_id` names what is wanted."""

    type: str
    clauses: tuple[Clause, ...]
    count: int

    def first(self, name: str) -> Clause | None:
        """The clause of a parameter, None where it was not named."""
        return next((clause for clause in self.clauses if clause.name == name), None)


def read_query(type_: str, asked: Sequence[tuple[str, str]]) -> Query:
    """The search that was asked. Raises RefusedSearch; the rules stand in `rules.RULES`."""
    rule = RULES[type_]
    given = [(*_named(rule, name), value) for name, value in asked if name != "_format"]
    names = [name for name, _, _ in given]
    _must_name_enough(rule, names)
    _must_go_together(rule, names)
    for name, _, value in given:
        _must_be_sound(rule, name, value, names)
    clauses = tuple(_clauses(rule, given))
    return Query(type_, clauses, _count(rule, given, names))


def _named(rule: Rule, name: str) -> tuple[str, bool]:
    """The parameter without its modifier, and whether that was `:exact`."""
    plain, _, modifier = name.partition(":")
    is_known = plain in rule.parameters
    is_exact = modifier == "exact" and plain in _EXACT
    if not is_known or (modifier and not is_exact and (plain, modifier) != ("subject", "Patient")):
        raise RefusedSearch(f"the parameter {name} is not supported", code="not-supported")
    return plain, is_exact


def _must_name_enough(rule: Rule, names: Sequence[str]) -> None:
    if rule.needs and not any(set(group) <= set(names) for group in rule.needs):
        raise RefusedSearch(NOTHING_GIVEN, is_plain=True)


def _must_go_together(rule: Rule, names: Sequence[str]) -> None:
    if "_id" in names and set(names) - {"_id"} - ({"_count"} if "_id" in rule.count_ignored_with else set()):
        raise RefusedSearch("_id must stand alone")
    for name, companions in rule.only_with.items():
        if name in names and not set(companions) & set(names):
            raise RefusedSearch(f"{name} must be given with {' or '.join(companions)}")
    for one, other in rule.never_together:
        if {one, other} <= set(names):
            raise RefusedSearch(f"{one} and {other} must not be given together")
    if {"patient", "subject"} <= set(names):
        raise RefusedSearch("patient and subject must not be given together")


def _must_be_sound(rule: Rule, name: str, value: str, names: Sequence[str]) -> None:
    kind = rule.parameters[name]
    times = names.count(name)
    if times > (2 if kind is Kind.date else 1):
        raise RefusedSearch(f"{name} is given too often")
    if not value or (name in rule.once and "," in value):
        raise RefusedSearch(f"{name} needs one value")
    if name in rule.with_system and not all(value.partition("|")):
        raise RefusedSearch(f"{name} needs a system and a code")
    if kind is Kind.token and value.endswith("|"):
        raise RefusedSearch(f"{name} needs a code")
    allowed = (rule.values or {}).get(name)
    if allowed is not None and not set(value.split(",")) <= allowed:
        raise RefusedSearch(f"{name} must be one of {', '.join(sorted(allowed))}")
    if name in rule.ranged and value[:2] not in _LOWER | _UPPER:
        raise RefusedSearch(f"{name} needs one of the prefixes ge, gt, le, lt")


def _clauses(rule: Rule, given: Sequence[tuple[str, bool, str]]) -> Iterable[Clause]:
    for name in dict.fromkeys(name for name, _, _ in given if name != "_count"):
        kind = rule.parameters[name]
        values = tuple(value for other, _, value in given if other == name)
        is_exact = any(exact for other, exact, _ in given if other == name)
        if kind is Kind.date:
            yield Clause(name, kind, values, bounds=_range(name, values))
        else:
            yield Clause(name, kind, tuple(values[0].split(",")), is_exact)


def _range(name: str, values: tuple[str, ...]) -> Bound:
    """The time between one or two dates; two must close it from both sides."""
    try:
        bounds = [bound(value) for value in values]
    except BadDate:
        raise RefusedSearch(f"{name} is not a date") from None
    if len(values) == 1:
        return bounds[0]
    prefixes = {value[:2] for value in values}
    if not (prefixes & _LOWER and prefixes & _UPPER):
        raise RefusedSearch(f"{name} given twice must be a closed range")
    return bounds[0].meet(bounds[1])


def _count(rule: Rule, given: Sequence[tuple[str, bool, str]], names: Sequence[str]) -> int:
    said = next((value for name, _, value in given if name == "_count"), None)
    if said is None or set(names) & rule.count_ignored_with:
        return rule.count
    if not (said.isascii() and said.isdigit()) or int(said) == 0:
        raise RefusedSearch("_count must be a number above 0")
    return min(int(said), rule.most)
