"""The circuit breaker of one tenant: after failures in a row it is let rest, so that nobody waits for what does not come."""

from collections.abc import Callable
from threading import Lock

from tabard.link.ehr.errors import Busy

FAILURES = 5
REST_S = 10.0


class Breaker:
    """Counts failures in a row; after `FAILURES` nothing is asked for `REST_S`, then one question tries. Safe from any thread."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = Lock()
        self._failures = 0
        self._closed_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last questions all failed."""
        return self._failures >= FAILURES

    def require(self) -> None:
        """Raise Busy while it rests; who comes after the rest may try, alone."""
        with self._lock:
            if not self.is_open:
                return
            if self._now() < self._closed_until:
                raise Busy("The record system failed several times and is not asked for a moment.", is_sent=False)
            self._closed_until = self._now() + REST_S

    def succeeded(self) -> None:
        """It answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """It did not answer, or asked us to wait."""
        with self._lock:
            self._failures += 1
            if self.is_open:
                self._closed_until = self._now() + REST_S
