"""The thread that applies: woken by each commit that left work, in batches, oldest first, each link in its turn."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

import structlog
from msgspec.structs import replace

from tabard.journal import JournalReader, Mark
from tabard.link.claims import Claims
from tabard.link.ports import Applies, MakeApplier
from tabard.link.tracing import applying

_log = structlog.get_logger("tabard.link")

BATCH = 64
"""Messages to one transaction of the record."""

RETRY_S = 1.0
"""How long to wait after the record, or the journal, could not be written; twice as long after each further time."""

_LONGEST_RETRY_S = 16.0


class ApplyingThread:
    """Owns the applier. What it returns goes to `put_marks`, and the next batch is read once that is durable."""

    def __init__(
        self,
        journal: Path,
        make_applier: MakeApplier,
        claims: Claims,
        put_marks: Callable[[Sequence[Mark]], Future[None]],
    ) -> None:
        self._journal = journal
        self._claims = claims
        self._make_applier = make_applier
        self._put_marks = put_marks
        self._pause_s = RETRY_S
        self._stopping = threading.Event()
        self._made: Future[None] = Future()
        self._remakes: deque[Future[None]] = deque()
        self._thread = threading.Thread(target=self._run, name="tabard-apply", daemon=True)
        self._unwritten: tuple[bytes, ...] = ()
        """Keys that the record released and the journal could not write: they go with the next marks."""
        self.fault: str | None = None
        """Why the last batch could not be applied; None when it could."""

    def start(self) -> None:
        """Make the applier and begin with what waits. Raises what making it raises."""
        self._thread.start()
        self._made.result()

    def remake(self) -> Future[None]:
        """Have the applier made anew between two batches; where that fails, the old one goes on and the result says why."""
        done: Future[None] = Future()
        self._remakes.append(done)
        self._claims.wake()
        return done

    def stop(self) -> None:
        """Finish the batch in hand and end."""
        self._stopping.set()
        self._claims.wake()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            applier = self._make_applier()
        except BaseException as fault:  # noqa: BLE001  raised again by start, in its thread
            self._made.set_exception(fault)
            return
        self._made.set_result(None)
        reader = JournalReader(self._journal)
        try:
            while not self._stopping.is_set():
                applier = self._apply_all(applier, reader)
                self._claims.wait()
        finally:
            reader.close()
            applier.close()
            while self._remakes:
                self._remakes.popleft().cancel()

    def _apply_all(self, applier: Applies, reader: JournalReader) -> Applies:
        while not self._stopping.is_set():
            while self._remakes:
                applier = self._remade(applier, self._remakes.popleft())
            claimed = self._claims.take(BATCH)
            if not claimed:
                break
            try:
                batch, reached = reader.given([seq for _, seq in claimed])
                if batch:
                    with applying(len(batch)):
                        marks = self._with_unwritten(applier.apply(batch))
                    self._put_marks(marks).result()
                    self._unwritten = ()
            except Exception as fault:  # noqa: BLE001  whatever it is, the messages wait and are tried again
                self._put_back(claimed)
                self._note(f"messages wait: {type(fault).__name__}")
                self._stopping.wait(self._pause_s)
                self._pause_s = min(self._pause_s * 2, _LONGEST_RETRY_S)
            else:
                self._put_back(claimed[reached:])
                self._note(None)
                self._pause_s = RETRY_S
        return applier

    def _with_unwritten(self, marks: Sequence[Mark]) -> tuple[Mark, ...]:
        """The marks, with what they release and what marks before them released that the journal did not take."""
        self._unwritten = tuple(dict.fromkeys((*self._unwritten, *(key for mark in marks for key in mark.releases))))
        return (*marks[:-1], *(replace(mark, releases=self._unwritten) for mark in marks[-1:]))

    def _remade(self, old: Applies, done: Future[None]) -> Applies:
        try:
            new = self._make_applier()
        except Exception as fault:  # noqa: BLE001  told to who asked
            done.set_exception(fault)
            return old
        old.close()
        done.set_result(None)
        return new

    def _put_back(self, claimed: Sequence[tuple[str, int]]) -> None:
        for link, seq in claimed:
            self._claims.put_back(link, (seq,))

    def _note(self, told: str | None) -> None:
        if told != self.fault:
            _log.error("applying failed", fault=told) if told else _log.info("applying goes on")
        self.fault = told
