"""One part kept alive: started, watched, started again after growing pauses, and given up with a reason when it will not stay."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Protocol

import structlog

from tabard.ground.errors import TabardError
from tabard.runner.calling import call
from tabard.runner.errors import PartDown
from tabard.runner.memory import held_by
from tabard.runner.model import Answer, Rhythm, State
from tabard.runner.process import Confined

_log = structlog.get_logger(__name__)
_OK = 200
STARTED_BY = "/cds-services"
"""What a part is asked first: it runs once it has answered. Source: CDS Hooks 2.0, "Discovery"."""


class Begin(Protocol):
    """Starts the part once; raises TabardError or OSError where that cannot be."""

    def __call__(self) -> Confined:
        """The running process."""


class Tell(Protocol):
    """Hears how the part is."""

    def __call__(self, state: State, reason: str, restarts: int) -> None:
        """`reason` is why it last ended, "" where it never did."""


class Keeper:
    """Keeps one part, in a thread of its own, from `start` until `stop`."""

    def __init__(
        self,
        product: str,
        begin: Begin,
        socket_path: Path,
        start_s: float,
        memory_bytes: int,
        tell: Tell,
        rhythm: Rhythm,
    ) -> None:
        self._product = product
        self._begin = begin
        self._path = socket_path
        self._start_s = start_s
        self._most_bytes = memory_bytes
        self._tell = tell
        self._rhythm = rhythm
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: Confined | None = None
        self._restarts = 0
        self._reason = ""
        self._thread = threading.Thread(target=self._run, name=f"part-{product}", daemon=True)

    def start(self) -> None:
        """Begin; the caller does not wait."""
        self._thread.start()

    def stop(self) -> None:
        """End the part and wait until all its processes are gone."""
        self._over.set()
        with self._lock:
            process = self._process
            if process is not None:
                process.kill()
        self._thread.join()

    def memory_bytes(self) -> int | None:
        """What the part's processes hold now; None where none runs."""
        process = self._process
        return None if process is None else held_by(process.pid)

    def _run(self) -> None:
        failures = 0
        while not self._over.is_set():
            began = time.monotonic()
            self._tell(State.starting, self._reason, self._restarts)
            self._reason = self._guarded()
            if self._over.is_set():
                break
            failures = 1 if time.monotonic() - began >= self._rhythm.steady_s else failures + 1
            _log.warning("part_ended", product=self._product, failures=failures)
            if failures >= self._rhythm.most_failures:
                self._tell(State.given_up, self._reason, self._restarts)
                return
            self._tell(State.waiting, self._reason, self._restarts)
            pause = self._rhythm.first_pause_s * 2 ** (failures - 1)
            self._over.wait(min(pause, self._rhythm.longest_pause_s))
            self._restarts += 1
        self._tell(State.stopped, self._reason, self._restarts)

    def _guarded(self) -> str:
        """Run it once; why it ended. Nothing that fails here ends the keeping."""
        try:
            return self._once()
        except TabardError as fault:
            return str(fault)
        except OSError as fault:
            return f"it could not be started: {os.strerror(fault.errno or 0)}"
        except Exception as fault:  # noqa: BLE001  the last border of a thread
            _log.error("part_keeping_failed", product=self._product, error=type(fault).__name__)
            return f"our own fault: {type(fault).__name__}"

    def _once(self) -> str:
        process = self._begin()
        with self._lock:
            self._process = process
            if self._over.is_set():
                process.kill()
        try:
            told = self._first_answer(process)
            if told is None:
                self._tell(State.running, self._reason, self._restarts)
                told = self._watched(process)
            return told
        finally:
            with self._lock:
                self._process = None
            process.end()

    def _first_answer(self, process: Confined) -> str | None:
        """Wait until it answers; why it is not to be waited for any longer, None once it has answered well."""
        try:
            answer: Answer = call(self._path, "GET", STARTED_BY, timeout_s=self._start_s, until=process.pidfd)
        except PartDown:
            return _how_ended(process.end(), "before it had answered for the first time")
        except TabardError as fault:
            return f"it did not start: {fault}"
        return None if answer.status == _OK else f"it answered {answer.status} to GET {STARTED_BY}, 200 is expected"

    def _watched(self, process: Confined) -> str:
        """Until it ends, or takes more memory in all than it may; why it ended."""
        while (ended := process.wait(self._rhythm.look_s)) is None:
            if (held_by(process.pid) or 0) > self._most_bytes:
                process.end()
                return f"it took more memory than {self._most_bytes // 1_048_576} MB and was ended"
        return _how_ended(ended, "while it was running")


def _how_ended(code: int, when: str) -> str:
    shell_signal = 128
    number = -code if code < 0 else code - shell_signal if code > shell_signal else 0
    if number and number in set(signal.Signals):
        return f"it was ended by {signal.Signals(number).name} {when}"
    return f"it ended with exit status {code} {when}"
