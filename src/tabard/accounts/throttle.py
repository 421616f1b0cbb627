"""How often sign-in may be tried: few times for one person from one place, more for a place and for a person.

A place alone could be a whole ward behind one address; a person alone could be shut out by a stranger's wrong tries.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from tabard.accounts.errors import TooManyTries
from tabard.ground.time import Clock

_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` within `window_s` seconds from the first."""

    tries: int
    window_s: int


LIMITS: Mapping[str, Limit] = {"both": Limit(5, 300), "person": Limit(50, 900), "place": Limit(100, 900)}


@dataclass(slots=True)
class _Count:
    since: datetime
    tries: int = 0


class Throttle:
    """Counts tries in memory; a try is counted before it is judged, so trying side by side wins nothing."""

    def __init__(self, clock: Clock, limits: Mapping[str, Limit] = LIMITS) -> None:
        self._clock = clock
        self._limits = limits
        self._counts: OrderedDict[tuple[str, ...], _Count] = OrderedDict()
        self._lock = Lock()

    def take(self, person: str, place: str) -> None:
        """Count one try. Raises TooManyTries, with the seconds to wait, when there were too many."""
        now = self._clock()
        with self._lock:
            waits = [self._count(key, limit, now) for key, limit in self._keys(person, place)]
        if longest := max(waits):
            raise TooManyTries(longest)

    def forgive(self, person: str, place: str) -> None:
        """Forget the tries of a person who signed in from this place."""
        with self._lock:
            self._counts.pop(("both", person, place), None)

    def _keys(self, person: str, place: str) -> list[tuple[tuple[str, ...], Limit]]:
        named = {"both": (person, place), "person": (person,), "place": (place,)}
        return [((kind, *names), self._limits[kind]) for kind, names in named.items()]

    def _count(self, key: tuple[str, ...], limit: Limit, now: datetime) -> int:
        """Seconds to wait before the next try, 0 when this one is free."""
        count = self._counts.get(key)
        if count is None or (now - count.since).total_seconds() >= limit.window_s:
            count = self._counts[key] = _Count(now)
            self._counts.move_to_end(key)
            if len(self._counts) > _MOST_KEYS:
                self._counts.popitem(last=False)
        count.tries += 1
        waited = (now - count.since).total_seconds()
        return 0 if count.tries <= limit.tries else max(1, round(limit.window_s - waited))
