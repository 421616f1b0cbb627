"""Places: fields by the standard's names, as a dialect writes them."""

from functools import lru_cache
from typing import NamedTuple


class Place(NamedTuple):
    """A segment's name, and the number of a field in it, counted from 1."""

    segment: str
    n: int


@lru_cache(maxsize=256)
def place_of(name: str) -> Place:
    """The place that a name such as "PID-3" means; the schema has seen to its shape."""
    segment, _, n = name.partition("-")
    return Place(segment, int(n))
