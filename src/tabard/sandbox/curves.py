"""How a hospital's day swells and ebbs: for each kind of event how many a day there are and at what hours of the wall clock.

Shares are of the day, midnight first. They follow what English hospitals publish in the large: the emergency department is
busiest from late morning to late evening, beds are emptied after the rounds, laboratories report in the morning.
An inference in the small: no hospital's own figures are here.
"""

from dataclasses import dataclass
from itertools import chain, repeat

BEDS = 600
"""The size of hospital of which the numbers a day are."""


def _shares(*spans: tuple[int, int]) -> tuple[float, ...]:
    """24 shares from spans of (hours, weight)."""
    weights = tuple(chain.from_iterable(repeat(weight, hours) for hours, weight in spans))
    return tuple(weight / sum(weights) for weight in weights)


FRONT_DOOR = _shares((2, 4), (5, 2), (2, 3), (2, 5), (8, 7), (3, 6), (2, 5))
"""Emergencies: from 11 to 22 o'clock."""
MORNING = _shares((6, 0), (1, 2), (3, 9), (3, 3), (5, 1), (6, 0))
"""Those who come by appointment."""
ROUNDS = _shares((7, 1), (3, 3), (7, 9), (3, 5), (4, 1))
"""Going home, moving on: after the rounds, to the evening."""
REPORTS = _shares((6, 2), (2, 5), (5, 9), (5, 6), (3, 4), (3, 2))
"""Results: the morning's bloods."""
OFFICE = _shares((7, 0), (1, 2), (4, 9), (1, 5), (4, 9), (2, 2), (5, 0))
"""What clerks do."""
ROUND_THE_CLOCK = _shares((24, 1))


@dataclass(frozen=True, slots=True)
class Flow:
    """So many a day in a hospital of 600 beds, at these hours."""

    a_day: float
    shares: tuple[float, ...]

    def rate(self, hour: int, beds: int) -> float:
        """How many in that hour of the wall clock in a hospital of so many beds."""
        return self.a_day * beds / BEDS * self.shares[hour]
