"""Asking: one parameter of a search with its values, as a criterion. What is not understood is refused by name, never ignored.

A search that goes through other resources (a chain, `_has`) sees of them what `may_reach` leaves: nobody finds out by way
of a resource what they may not read in it. Source: FHIR R4 3.1.1 (search), 3.1.1.3 (handling=strict), 3.1.1.4.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from tabard.fhir import kinds, limits, search_values
from tabard.fhir.criteria import All, Any_, Criterion, PointedAtBy, PointsAt
from tabard.fhir.kinds import Asked
from tabard.fhir.modifiers import allowed, bad_modifier, form_of, known, unknown
from tabard.fhir.search_errors import BadSearch
from tabard.fhir.search_parameters import Parameter, parameters_of, searchable_types
from tabard.fhir.weighing import bound_by, tests_in
from tabard.ground.time import Clock, system_clock, to_us

Pair = tuple[str, str]


class AnyOf(NamedTuple):
    """Alternatives that a policy adds to a search: all pairs of one of them must hold; of none, nothing is found."""

    alternatives: tuple[tuple[Pair, ...], ...]


Added: TypeAlias = Pair | AnyOf
MayReach: TypeAlias = Callable[[str], Sequence[Added] | None]
"""What must hold of the resources of a type that a search goes through; None where it may not go through them at all."""

_OWN: dict[str, tuple[Callable[[Asked], Criterion], tuple[str, ...]]] = {
    "_id": (kinds.ask_id, ()),
    "_lastUpdated": (kinds.ask_updated, ()),
    "_source": (kinds.ask_source, ("above", "below")),
}


class Asker:
    """Reads the parameters of one search; keeps count of what they cost together."""

    def __init__(self, may_reach: MayReach | None = None, clock: Clock = system_clock) -> None:
        self._may_reach = may_reach
        self._now_us = to_us(clock())
        self._hops = 0
        self._bound = 0

    def ask(self, resource_type: str, name: str, value: str, *, is_plain: bool = False, depth: int = 0) -> Criterion:
        """The criterion that `name=value` asks of resources of a type. Raises BadSearch naming what is at fault.

        With `is_plain` the value is one value as it is: no commas, no escapes.
        """
        if name.startswith("_has:"):
            return self._has(resource_type, name, value, depth)
        bare, dot, rest = name.partition(".")
        if dot:
            return self._chain(resource_type, bare, rest, value, depth)
        asked, parameter = self._asked(resource_type, name, value, is_plain=is_plain)
        try:
            found = _OWN[parameter][0](asked) if isinstance(parameter, str) else kinds.ask(parameter, asked)
        except ValueError as error:
            kind = parameter if isinstance(parameter, str) else parameter.kind
            raise BadSearch(
                "The value is not of its parameter's form.", where=name[:64], expected=form_of(kind, asked.modifier)
            ) from error
        self._bound += bound_by(found)
        limits.require(tests_in(found), limits.MAX_TESTS, "different values", name)
        limits.require(self._bound, limits.MAX_BOUND, "values in all")
        return found

    def ask_all(self, resource_type: str, added: Iterable[Added], depth: int = 0) -> Criterion:
        """The criterion that all of what a policy adds holds."""
        return All(tuple(self._added(resource_type, each, depth) for each in added))

    @property
    def is_limited(self) -> bool:
        """Whether it was told what may be reached."""
        return self._may_reach is not None

    def reach_if_allowed(self, resource_type: str) -> Criterion | None:
        """What must hold of the resources of a type that the search goes through; None where it may not."""
        added = None if self._may_reach is None else self._may_reach(resource_type)
        return None if added is None else Asker().ask_all(resource_type, added)

    def reach(self, resource_type: str, where: str) -> Criterion:
        """The same, counted as a step. Raises BadSearch where the search may not go through them."""
        self._hops += 1
        limits.require(self._hops, limits.MAX_HOPS, "steps to other resources")
        limit = self.reach_if_allowed(resource_type)
        if limit is None:
            raise BadSearch(
                f"This search may not go through resources of the type {resource_type[:64]}.",
                where=where[:64],
                remedy="Search each type by itself.",
                reason="forbidden",
            )
        return limit

    def _added(self, resource_type: str, each: Added, depth: int) -> Criterion:
        if isinstance(each, AnyOf):
            return Any_(tuple(self.ask_all(resource_type, pairs, depth) for pairs in each.alternatives))
        return self.ask(resource_type, *each, depth=depth)

    def _asked(self, resource_type: str, name: str, value: str, *, is_plain: bool) -> tuple[Asked, Parameter | str]:
        bare, _, modifier = name.partition(":")
        parameter = bare if bare in _OWN else known(resource_type, bare)
        if parameter is None:
            raise unknown(resource_type, name)
        modifiers = _OWN[parameter][1] if isinstance(parameter, str) else allowed(parameter)
        if modifier and modifier not in modifiers:
            raise bad_modifier(name, modifier, modifiers)
        try:
            value.encode()  # a lone surrogate is no text
            values = (value,) if is_plain and value else search_values.alternatives(value)
        except ValueError as error:
            raise BadSearch("The value is empty, or no text.", where=name[:64]) from error
        limits.require(len(values), limits.MAX_VALUES, "values", name)
        return Asked(values, modifier, is_plain, self._now_us), parameter

    def _chain(self, resource_type: str, head: str, rest: str, value: str, depth: int) -> Criterion:
        limits.require(depth + 1, limits.MAX_DEPTH, "links in a chain", f"{head}.{rest}")
        bare, _, kind = head.partition(":")
        parameter = _pointing(resource_type, bare, f"{head}.{rest}")
        if kind and kind not in parameter.targets:
            raise bad_modifier(f"{head}.{rest}", kind, parameter.targets)
        types = [kind] if kind else [each for each in _targets(parameter) if _knows(each, rest)]
        if not types:
            raise unknown(resource_type, f"{head}.{rest}")
        remedy = f"Name the type: {bare}:{types[0]}.{rest[:32]}"
        limits.require(len(types), limits.MAX_CHAINED_TYPES, "types that the chain could go through", head, remedy)
        return Any_(tuple(self._link(parameter, each, rest, value, depth) for each in types))

    def _link(self, parameter: Parameter, kind: str, rest: str, value: str, depth: int) -> Criterion:
        limit = self.reach(kind, f"{parameter.name}.{rest}")
        inner = self.ask(kind, rest, value, depth=depth + 1)
        return PointsAt(kinds.numbers(parameter.places), kind, All((inner, limit)))

    def _has(self, resource_type: str, name: str, value: str, depth: int) -> Criterion:
        limits.require(depth + 1, limits.MAX_DEPTH, "links in a chain", name)
        parts = name.split(":", 3)
        if len(parts) != 4 or not all(parts) or parts[1] not in searchable_types():  # noqa: PLR2004  _has:Type:reference:parameter
            raise BadSearch(
                "This _has is not as the standard writes it.", where=name[:64], expected="_has:Type:reference:parameter"
            )
        _, kind, reference, rest = parts
        parameter = _pointing(kind, reference, name)
        if resource_type not in _targets(parameter):
            raise BadSearch("What _has names does not refer to this type.", where=name[:64], expected=resource_type)
        limit = self.reach(kind, name)
        inner = self.ask(kind, rest, value, depth=depth + 1)
        return PointedAtBy(kind, kinds.numbers(parameter.places), All((inner, limit)))


def _pointing(resource_type: str, name: str, where: str) -> Parameter:
    """The parameter by which a chain goes on: one that holds references."""
    parameter = parameters_of(resource_type).get(name)
    if parameter is None:
        raise unknown(resource_type, where)
    if not any(place.datatype == "Reference" for place in parameter.places):
        raise BadSearch("A chain goes by references only.", where=where[:64], got=parameter.kind)
    return parameter


def _targets(parameter: Parameter) -> tuple[str, ...]:
    return (parameter.only,) if parameter.only else parameter.targets


def _knows(resource_type: str, rest: str) -> bool:
    if rest.startswith("_has:"):
        return True
    bare = rest.partition(".")[0].partition(":")[0]
    return bare in _OWN or known(resource_type, bare) is not None
