"""What products keep here for a patient and no record system holds, in words for people. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tabard.gateway.kept import KeptLine
from tabard.web.design.times import When, when

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Kept:
    """One resource that a product keeps: what it is, since when it is so, by which product."""

    kind: str
    at: When
    product: str


def kept_here(lines: Iterable[KeptLine]) -> tuple[Kept, ...]:
    """All that is kept, in the order given."""
    return tuple(Kept(_told(line.type), when(line.at), line.client) for line in lines)


def _told(kind: str) -> str:
    """A type in words, such as Care plan."""
    return " ".join(_WORDS.split(kind)).capitalize()
