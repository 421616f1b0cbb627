"""A search's parameters before they reach the record: what would reach beyond the policy is refused by name. Pure.

What is hidden of somebody (an address, a GP, a referrer) is told neither by a chain, nor by what refers back, nor by an order.
Source: FHIR R4 3.1.1.4 (chaining, reverse chaining), 3.1.1.5 (_include, _revinclude, _count).
"""

import re
from dataclasses import dataclass

from tabard.gateway.api.request import Pairs
from tabard.gateway.api.shaping import WHOLE, Shape, split
from tabard.gateway.errors import Refused, bad_request

COUNT = "_count"
DEFAULT_COUNT = 50
MAX_COUNT = 200
_PRESENTATION = frozenset({"_format", "_pretty"})
_HIDDEN = frozenset(
    {"telecom", "phone", "email", "general-practitioner", "participant", "participant-type", "practitioner"}
)
_PARTS = re.compile(r"[.:,]")


@dataclass(frozen=True, slots=True)
class Screened:
    """What is left to ask the record, how many to a page, and how much of each is answered."""

    parameters: Pairs
    count: int
    shape: Shape = WHOLE

    @property
    def goes_through(self) -> bool:
        """Whether it goes through other resources than those that it finds: what it may see of these must be told."""
        return any(_goes_through(name) for name, _ in self.parameters)


def screen(pairs: Pairs) -> Screened:
    """The parameters for the record. Raises Refused for what tells something hidden, for wild includes, a bad count."""
    rest, shape = split(pairs)
    kept = tuple(pair for pair in rest if pair[0] not in _PRESENTATION)
    for name, value in kept:
        _refuse_reaching_beyond(name, value)
    counts = [value for name, value in kept if name == COUNT]
    left = tuple(pair for pair in kept if pair[0] != COUNT)
    if counts == ["0"]:  # the same as _summary=count
        return Screened(left, DEFAULT_COUNT, Shape("count"))
    return Screened(left, _count(counts), shape)


def is_hidden(parameter: str) -> bool:
    """Whether a search parameter of a Patient or an Encounter may look at what is hidden of somebody."""
    return parameter in _HIDDEN or parameter.partition("-")[0] == "address"


def _goes_through(name: str) -> bool:
    bare, _, modifier = name.partition(":")
    return "." in name or bare in {"_has", "_revinclude"} or (bare == "_include" and bool(modifier))


def _refuse_reaching_beyond(name: str, value: str) -> None:
    bare, _, modifier = name.partition(":")
    if bare in {"_include", "_revinclude"} and "*" in value:
        raise _unsupported("include", f"{bare} takes one named parameter here.", "Name what to include.")
    if bare == "_include" and modifier not in {"", "iterate"}:
        raise _unsupported("include", "_include takes no modifier but :iterate.", "Leave it out.")
    is_told_by_name = "." in name or bare == "_has"
    is_told_by_value = bare in {"_revinclude", "_sort"} or (bare == "_include" and bool(modifier))
    asked = _PARTS.split(name) if is_told_by_name else _PARTS.split(value) if is_told_by_value else ()
    if any(is_hidden(part.removeprefix("-")) for part in asked):
        raise _unsupported(
            "hidden",
            "This would tell what may be hidden of somebody.",
            "Search by it in its own type, without a chain.",
        )


def _count(values: list[str]) -> int:
    if not values:
        return DEFAULT_COUNT
    if len(values) > 1 or not (values[0].isascii() and values[0].isdigit()) or int(values[0][:6]) < 1:
        raise bad_request("count", "_count must be one whole number; with 0 only the total is told.")
    return min(int(values[0][:6]), MAX_COUNT)


def _unsupported(reason: str, message: str, remedy: str) -> Refused:
    return Refused(400, "not-supported", reason, message, remedy=remedy)
