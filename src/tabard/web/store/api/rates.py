"""How often one place may ask: kindly for reading, seldom for what is dear to us."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from tabard.ground.time import Clock
from tabard.web.store.api.faults import TooMany

_WINDOW = timedelta(seconds=60)
_MOST_PLACES = 10_000


class Rate:
    """At most `most` requests a minute from one place, counted in memory."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._counts: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def take(self, place: str) -> None:
        """Count one. Raises TooMany, with the seconds to wait."""
        now = self._clock()
        with self._lock:
            since, count = self._counts.get(place, (now, 0))
            if not timedelta() <= now - since < _WINDOW:
                since, count = now, 0
            self._counts[place] = (since, count + 1)
            self._counts.move_to_end(place)
            if len(self._counts) > _MOST_PLACES:
                self._counts.popitem(last=False)
        if count >= self._most:
            wait = max(1, round((since + _WINDOW - now).total_seconds()))
            raise TooMany(
                "too many requests from here", expected=f"{self._most} a minute", remedy=f"wait {wait} seconds"
            )
