"""A search's parameters before they reach the record: what would reach beyond the policy is refused by name. Pure.

Source: FHIR R4 3.1.1.4 (chaining, reverse chaining), 3.1.1.5 (_include, _revinclude, _count).
"""

from dataclasses import dataclass

from tabard.gateway.api.request import Pairs
from tabard.gateway.api.shaping import WHOLE, Shape, split
from tabard.gateway.errors import Refused, bad_request

DEFAULT_COUNT = 50
MAX_COUNT = 200
_PRESENTATION = frozenset({"_format", "_pretty"})


@dataclass(frozen=True, slots=True)
class Screened:
    """What is left to ask the record, how many to a page, and how much of each is answered."""

    parameters: Pairs
    count: int
    shape: Shape = WHOLE


def screen(pairs: Pairs) -> Screened:
    """The parameters for the record. Raises Refused for chains, reverse links, iterated or wild includes, a bad count."""
    rest, shape = split(pairs)
    kept = tuple(pair for pair in rest if pair[0] not in _PRESENTATION)
    for name, value in kept:
        _refuse_reaching_beyond(name, value)
    counts = [value for name, value in kept if name == "_count"]
    return Screened(tuple(pair for pair in kept if pair[0] != "_count"), _count(counts), shape)


def _refuse_reaching_beyond(name: str, value: str) -> None:
    bare, _, modifier = name.partition(":")
    if "." in name or bare == "_has":
        raise _unsupported("chained", "Chained searches are not supported here.", "Search each type by itself.")
    if bare == "_revinclude":
        raise _unsupported("revinclude", "_revinclude is not supported here.", "Search the other type by itself.")
    if bare == "_include" and (modifier or "*" in value):
        raise _unsupported(
            "include", "_include takes one named parameter, and no iteration here.", "Name what to include."
        )


def _count(values: list[str]) -> int:
    if not values:
        return DEFAULT_COUNT
    if len(values) > 1 or not (values[0].isascii() and values[0].isdigit()) or int(values[0][:6]) < 1:
        raise bad_request("count", "_count must be one whole number from 1.")
    return min(int(values[0][:6]), MAX_COUNT)


def _unsupported(reason: str, message: str, remedy: str) -> Refused:
    return Refused(400, "not-supported", reason, message, remedy=remedy)
