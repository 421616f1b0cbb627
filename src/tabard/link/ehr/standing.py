"""How an EHR's FHIR stands now: when it last answered, told as a feed among the feeds."""

from datetime import datetime, timedelta

from tabard.ground.time import Clock
from tabard.link.ehr.breaker import Breaker
from tabard.link.feeds import Feed, FeedState

SILENT_AFTER_S = 90


class Standing:
    """When the EHR last answered. Told by any thread, read by any."""

    def __init__(self, link: str, breaker: Breaker, clock: Clock) -> None:
        self._name = f"{link}-fhir"
        self._breaker = breaker
        self._clock = clock
        self._heard: datetime | None = None

    def heard(self) -> None:
        """It answered."""
        self._heard = self._clock()

    def feed(self) -> Feed:
        """The EHR as a feed: live while it answers."""
        return Feed(self._name, self._state(), self._heard, 0, None, SILENT_AFTER_S)

    def _state(self) -> FeedState:
        if self._heard is None:
            return FeedState.never
        is_old = self._clock() - self._heard > timedelta(seconds=SILENT_AFTER_S)
        return FeedState.silent if is_old or self._breaker.is_open else FeedState.live
