"""Time as the driver needs it: how long a request may still take, and how to wait."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """A clock that never goes back (seconds), a way to wait, and chance between 0 and 1."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


class Budget:
    """The time that one request may take in all, counted from its making."""

    __slots__ = ("_now", "_until")

    def __init__(self, seconds: float, pace: Pace) -> None:
        self._now = pace.now
        self._until = pace.now() + seconds

    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self._until - self._now())
