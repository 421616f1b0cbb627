"""Faults to order on a feed: what networks, engines and clocks do to the messages of a record system on a bad day."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from threading import Lock

REPEATED_HALF_HOUR = (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
"""Two moments an hour apart at which clocks in England show 01:30: give them as `at` to two verbs."""


class Fault(StrEnum):
    """What happens to a message on its way. Each is told in the end."""

    half_frame = "half_frame"
    """The line breaks in the middle of it; then all of it comes on another."""
    duplicate = "duplicate"
    """It comes twice, byte for byte, though it was acknowledged."""
    lost_acknowledgement = "lost_acknowledgement"
    """The line breaks before its acknowledgement is read; it comes again."""
    late_acknowledgement = "late_acknowledgement"
    """Its acknowledgement is given up after `delay_s`; it comes again on the same line, where the first answer is still to be read."""
    out_of_order = "out_of_order"
    """It is kept back and comes after the next one."""
    clock_skew = "clock_skew"
    """Its sender's clock is off by `skew`: all its times but those of the visit are."""
    slow = "slow"
    """It comes in pieces, over `delay_s`."""
    silent = "silent"
    """Nothing is said for `delay_s`, then it comes."""


@dataclass(frozen=True, slots=True)
class OrderedFault:
    """One message's fault."""

    kind: Fault
    delay_s: float = 0.5
    skew: timedelta = timedelta(hours=1)


class Faults:
    """What is ordered and not yet had, first come first served; then what `rates` (a share of messages, 0 to 1) draw. For several threads."""

    def __init__(self, rates: Mapping[Fault, float] | None = None, *, seed: int = 0, delay_s: float = 0.5) -> None:
        self._rates = dict(rates or {})
        self._delay_s = delay_s
        self._chance = Random(f"faults {seed}")  # noqa: S311  repeatable, and guards nothing
        self._waiting: deque[OrderedFault] = deque()
        self._lock = Lock()

    def order(self, ordered: OrderedFault, times: int) -> None:
        """The next so many messages have it; 0 takes back all that was ordered and all rates."""
        with self._lock:
            if times == 0:
                self._waiting.clear()
                self._rates.clear()
            self._waiting.extend([ordered] * times)

    def take(self) -> OrderedFault | None:
        """The next message's fault, mostly None."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            drawn = (kind for kind, share in self._rates.items() if self._chance.random() < share)
            kind = next(drawn, None)
            return None if kind is None else OrderedFault(kind, self._delay_s)
