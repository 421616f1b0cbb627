"""A thread that does something again and again until it is stopped; what fails once does not end it."""

import threading
from collections.abc import Callable

import structlog

from tabard.ground.errors import TabardError

_log = structlog.get_logger("tabard.link")


class Beating:
    """Calls `turn`, which gives the seconds until it is called again; `after_fault_s` is the pause when it raised."""

    def __init__(self, turn: Callable[[], float], name: str, after_fault_s: float) -> None:
        self._turn = turn
        self._name = name
        self._after_fault_s = after_fault_s
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the turn in hand."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._end.wait(pause):
            pause = self._after_fault_s
            try:
                pause = self._turn()
            except TabardError as fault:  # counted by the driver, and the feed goes silent by itself
                _log.warning("ehr_does_not_answer", turn=self._name, fault=type(fault).__name__)
            except Exception as fault:  # noqa: BLE001  a turn that fails must not end the others
                _log.error("ehr_turn_failed", turn=self._name, fault=type(fault).__name__)
