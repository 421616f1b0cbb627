"""The service of notifications: it looks through the record's writes, and has a delivery beside for each that is due.

A delivery that hangs holds up its own subscription alone; nothing that links, pages or products do waits for any of this.
"""

import threading
from collections.abc import Callable

import structlog

from tabard.database import DatabaseAway
from tabard.gateway.subscriptions.delivering import Delivering
from tabard.gateway.subscriptions.hearing import Hearing
from tabard.gateway.subscriptions.model import Status
from tabard.gateway.subscriptions.noticing import Noticing
from tabard.gateway.subscriptions.ports import Spawn

_WAIT_S = 0.5
_CHECK_EVERY = 10
"""Turns from one look at what subscriptions hang on to the next; before anything is told, it is looked at anyway."""

_CLOSING_S = 5.0
_log = structlog.get_logger("tabard.gateway.subscriptions")


class Service:
    """Begun by `start`, ended by `close`; without either, `turn` does what is due. `spawn` has a delivery done beside."""

    def __init__(
        self, noticing: Noticing, delivering: Delivering, hearing: Hearing, spawn: Spawn | None = None
    ) -> None:
        self._noticing = noticing
        self._delivering = delivering
        self._spawn = spawn or self._beside
        self._wake = hearing.news
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Thread | None] = {}
        self._thread: threading.Thread | None = None

    def nudge(self) -> None:
        """There may be something to do: do not wait for the next turn."""
        self._wake.set()

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="subscriptions", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End. What an endpoint has not confirmed by then is sent again after the next start."""
        self._over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_CLOSING_S)
        with self._lock:
            busy = [thread for thread in self._busy.values() if thread is not None]
        for thread in busy:
            thread.join(_CLOSING_S)

    def turn(self, *, is_checking: bool = True) -> None:
        """Look through what was written, and have delivered what is due."""
        while self._noticing.look() and not self._over.is_set():
            pass
        delivering = self._delivering
        if is_checking:
            delivering.shelf.sweep()
        waiting = delivering.events.whose()
        for one in delivering.shelf.all(statuses=_LIVE):
            try:
                if is_checking:
                    delivering.check(one)
                if delivering.due(one, waiting):
                    self._deliver(one.id)
            except DatabaseAway:
                raise
            except Exception as fault:  # noqa: BLE001  one subscription's fault must not end the others
                _log.error("subscription not looked at", subscription=one.id, why=type(fault).__name__)

    def _deliver(self, id_: str) -> None:
        with self._lock:
            if id_ in self._busy:
                return
            self._busy[id_] = None
        try:
            self._spawn(lambda: self._steps(id_), id_)
        except Exception:  # no thread to be had now: the next turn tries again
            with self._lock:
                self._busy.pop(id_, None)
            raise

    def _beside(self, work: Callable[[], None], id_: str) -> None:
        thread = threading.Thread(target=work, name=f"subscription-{id_[:8]}", daemon=True)
        with self._lock:
            self._busy[id_] = thread
        thread.start()

    def _steps(self, id_: str) -> None:
        try:
            while not self._over.is_set() and self._delivering.step(id_):
                pass
        except Exception as fault:  # noqa: BLE001  one subscription's fault must not end the others
            _log.error("delivery failed", subscription=id_, why=type(fault).__name__)
        finally:
            with self._lock:
                self._busy.pop(id_, None)

    def _run(self) -> None:
        turns = 0
        while not self._over.is_set():
            self._wake.wait(_WAIT_S)
            self._wake.clear()
            try:
                self.turn(is_checking=turns % _CHECK_EVERY == 0)
            except DatabaseAway:
                _log.warning("writes not looked at", why="the record is away")
            except Exception as fault:  # noqa: BLE001  the last border of a thread
                _log.error("subscriptions failed", why=type(fault).__name__)
            turns += 1


_LIVE = (Status.requested, Status.active, Status.error)
