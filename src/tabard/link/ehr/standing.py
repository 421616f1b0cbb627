"""How an EHR's FHIR stands now: when it last answered, told as a feed among the feeds; asked now and then where nobody asks."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from tabard.ground.errors import TabardError
from tabard.ground.time import Clock
from tabard.link.ehr.breaker import Breaker
from tabard.link.feeds import Feed, FeedState

BEAT_S = 30.0
SILENT_AFTER_S = 90
_log = structlog.get_logger("tabard.link")


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


class Pulse:
    """Asks something small at the start and every `BEAT_S`, so that a screen tells of a dead EHR before anybody asks it."""

    def __init__(self, ask: Callable[[], None], name: str) -> None:
        self._ask = ask
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{name}-pulse", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the question in hand."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._ask()
            except TabardError as fault:  # counted by the driver, and the feed goes silent by itself
                _log.warning("ehr_does_not_answer", fault=type(fault).__name__)
            except Exception as fault:  # noqa: BLE001  a beat that fails must not end the pulse
                _log.error("ehr_pulse_failed", fault=type(fault).__name__)
            if self._end.wait(BEAT_S):
                return
