"""Steps of a story and what became of them."""

from collections.abc import Callable
from dataclasses import dataclass

from tabard.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name for people, and what it does; it answers what was seen, or raises."""

    name: str
    act: Callable[[Stage], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step; `told` is what was seen, or what went wrong."""

    name: str
    ok: bool
    seconds: float
    told: str
