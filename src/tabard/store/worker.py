"""The worker: two threads beside the served store, so that a slow check never holds a decision or a fresh timestamp up."""

from collections.abc import Callable
from threading import Event, Thread

import structlog

from tabard.database import Hold, hold
from tabard.store.store import Store

EVERY_S = 60.0
"""Looks for work at least this often: a decision or an enrolment may come from another process."""

_log = structlog.get_logger()


class Worker:
    """Does a store's work until it is stopped. One process at a time: it holds the folder's lock."""

    def __init__(self, store: Store, every_s: float = EVERY_S) -> None:
        self._store = store
        self._every_s = every_s
        self._is_stopped = Event()
        self._wakes = (Event(), Event())
        works = (("check", store.check), ("release", store.release))
        self._threads = [
            Thread(target=self._live, args=(name, work, wake), name=f"store-{name}", daemon=True)
            for (name, work), wake in zip(works, self._wakes, strict=True)
        ]
        self._hold: Hold | None = None

    def start(self) -> None:
        """Begin: first with what an earlier process left undone. Raises CallerError when another serves this folder."""
        self._hold = hold(self._store.folder.lock, "stop the other `tabard store serve` of this folder")
        self._store.heard = self.wake
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for work now."""
        for wake in self._wakes:
            wake.set()

    def stop(self) -> None:
        """End what is being checked (it is checked again by the next worker), finish what is being published, and stop."""
        self._is_stopped.set()
        self._store.checker.stop()
        self.wake()
        for thread in self._threads:
            thread.join()
        if self._hold is not None:
            self._hold.release()

    def _live(self, name: str, work: Callable[[], bool], wake: Event) -> None:
        while not self._is_stopped.is_set():
            wake.clear()  # before the work: what is heard meanwhile is done next
            try:
                work()
            except Exception as fault:  # noqa: BLE001  one bad round must not end the worker
                _log.error("work_failed", work=name, error=type(fault).__name__)
            if not self._is_stopped.is_set():
                wake.wait(self._every_s)
