"""A budget of requests: how many left within the last minute, refused before they leave where there are none."""

from collections import deque
from threading import Lock
from typing import Any

from tabard.link.ehr.errors import EhrError
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.wire import Raw, Wire

_MINUTE_S = 60.0


class OverBudget(EhrError):  # noqa: N818  says what happened
    """No more requests may be made within this minute; it was not asked."""

    reason = "over_budget"


class Meter:
    """Counts requests over any minute. Safe from any thread."""

    def __init__(self, requests_a_minute: int, pace: Pace) -> None:
        self._most = requests_a_minute
        self._pace = pace
        self._made: deque[float] = deque()
        self._lock = Lock()

    def left(self) -> int:
        """How many may be made now."""
        with self._lock:
            return self._left()

    def take(self) -> None:
        """One is made. Raises OverBudget."""
        with self._lock:
            if self._left() <= 0:
                raise OverBudget("The minute's requests to the record system are used up.", is_sent=False)
            self._made.append(self._pace.now())

    def _left(self) -> int:
        since = self._pace.now() - _MINUTE_S
        while self._made and self._made[0] <= since:
            self._made.popleft()
        return self._most - len(self._made)


class MeteredWire(Wire):
    """A wire on which each request is counted first, tries and proofs too. It closes nothing: the wire below is shared."""

    def __init__(self, below: Wire, meter: Meter) -> None:
        self._below = below
        self._meter = meter

    def exchange(self, method: str, url: str, budget: Budget, **more: Any) -> Raw:
        """Send, if the budget has it. Raises OverBudget, TooSlow, Unreachable, BadAnswer."""
        self._meter.take()
        return self._below.exchange(method, url, budget, **more)

    def close(self) -> None:
        """Nothing: whoever made the wire below closes it."""
