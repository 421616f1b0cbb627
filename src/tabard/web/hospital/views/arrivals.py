"""How many messages a link brought in the last day, as bars for a picture and as words for whoever does not see it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tabard.web.design.times import clock_time

STEP = timedelta(minutes=30)
STEPS = 48
WIDTH, HEIGHT = 12, 64
"""Of one bar with the space after it, and of the tallest bar, in the picture's own units."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: where its bar stands, how tall it is, and what it says."""

    x: int
    y: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The last day of one link. `words` says the same as the picture."""

    bars: tuple[Bar, ...]
    most: int
    begins: str
    words: str


def begins(now: datetime) -> datetime:
    """When the picture of now begins: the last step ends now."""
    return now - STEPS * STEP


def arrivals(counts: Mapping[int, int], now: datetime) -> Arrivals:
    """The picture of the messages by steps counted from `begins(now)`."""
    numbers = [counts.get(place, 0) for place in range(STEPS)]
    most = max(numbers)
    bars = tuple(_bar(place, number, most, now) for place, number in enumerate(numbers) if number)
    said = f"{sum(numbers):,} messages in the last day, at most {most:,} in half an hour, {numbers[-1]:,} in the last."
    return Arrivals(bars, most, clock_time(begins(now), now), said)


def _bar(place: int, number: int, most: int, now: datetime) -> Bar:
    height = round(max(number / most * HEIGHT, 1), 1)
    at = clock_time(begins(now) + place * STEP, now)
    return Bar(place * WIDTH, round(HEIGHT - height, 1), height, f"{at}: {number:,}")
