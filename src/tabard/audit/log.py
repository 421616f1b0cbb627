"""The writer: events from any thread or loop, written and synced in groups by one thread, told when durable."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError as ConcurrentInvalidState
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue

from tabard.audit.chain import Head, following
from tabard.audit.errors import AuditUnavailable
from tabard.audit.event import AuditEvent
from tabard.audit.file import ChainFile
from tabard.audit.verification import last_head
from tabard.ground.time import Clock

_Done = Future[None] | asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines already in the chain of `file`, and who waits for them."""

    file: ChainFile
    lines: bytes
    head: Head
    waiting: Sequence[_Done]
    loop: asyncio.AbstractEventLoop | None


class AuditLog:
    """One hash chain a process run, in `folder`. Close it to let the thread and the file go.

    Lines are chained where they come from and written by one thread: it alone waits for the disk, and touches little else
    (each object that goes to another core and back costs more than its line does).
    A write that fails is told to all who wait for it or for a later one (AuditUnavailable): they show nothing. The next event
    then begins a new chain that names the last durable line, since a file whose sync failed is not to be trusted.
    """

    def __init__(self, folder: Path, clock: Clock, open_chain: Callable[..., ChainFile] = ChainFile) -> None:
        self._folder = folder
        self._clock = clock
        self._open_chain = open_chain
        self._previous = last_head(folder)
        self._lock = threading.Lock()
        self._file: ChainFile | None = None
        self._chained = self._durable = Head()
        self._ready_file()
        self._turns: dict[asyncio.AbstractEventLoop, tuple[list[AuditEvent], list[_Done]]] = {}
        self._groups: SimpleQueue[_Group | None] = SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    @property
    def head(self) -> Head:
        """The end of the chain as far as it is durable."""
        return self._durable

    def own(self) -> tuple[str, Head] | None:
        """The file that is written now, and its durable head; None between one that failed and the next."""
        with self._lock:
            return None if self._file is None else (self._file.path.name, self._durable)

    def write(self, event: AuditEvent) -> Future[None]:
        """A future, for a thread, that is done when `event` is durable; it raises AuditUnavailable."""
        done: Future[None] = Future()
        self._put([event], [done], None)
        return done

    def written(self, event: AuditEvent, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
        """The same for a coroutine running on `loop`; all of one turn of the loop go as one group."""
        done: asyncio.Future[None] = loop.create_future()
        turn = self._turns.get(loop)
        if turn is None:
            turn = self._turns[loop] = ([], [])
            loop.call_soon(self._end_turn, loop)
        turn[0].append(event)
        turn[1].append(done)
        return done

    def close(self) -> None:
        """Write what waits, then stop. Later writes are refused. May be called twice, and from several threads at once."""
        with self._lock:
            self._closed = True
            self._groups.put(None)
        self._thread.join()
        with self._lock:
            file, self._file = self._file, None
        if file is not None:
            file.close()

    def _end_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        events, waiting = self._turns.pop(loop)
        self._put(events, waiting, loop)

    def _put(self, events: list[AuditEvent], waiting: list[_Done], loop: asyncio.AbstractEventLoop | None) -> None:
        """Chain the events and hand them to the thread."""
        try:
            with self._lock:
                self._groups.put(self._chain(events, waiting, loop))
        except AuditUnavailable as error:
            _settle(waiting, error)
        except Exception as error:  # noqa: BLE001  whatever fails here, nothing may be shown
            _settle(waiting, _unavailable(type(error).__name__))

    def _chain(self, events: list[AuditEvent], waiting: list[_Done], loop: asyncio.AbstractEventLoop | None) -> _Group:
        if self._closed:
            raise _unavailable("the audit is closed")
        file = self._ready_file()
        lines, self._chained = following(self._chained, events)
        return _Group(file, lines, self._chained, waiting, loop)

    def _ready_file(self) -> ChainFile:
        if self._file is None:
            self._file = self._open_chain(self._folder, self._clock, self._previous)
            self._chained = self._durable = self._file.head
        return self._file

    def _run(self) -> None:
        is_open = True
        while is_open:
            waiting = [self._groups.get(), *(self._groups.get() for _ in range(self._groups.qsize()))]
            is_open = None not in waiting
            for file, groups in groupby(filter(None, waiting), lambda group: group.file):
                self._finish(file, list(groups))

    def _finish(self, file: ChainFile, groups: list[_Group]) -> None:
        error = self._keep(file, groups)
        for group in groups:
            _tell(group, error)

    def _keep(self, file: ChainFile, groups: list[_Group]) -> AuditUnavailable | None:
        """Make groups durable; None when they are. Groups of a file that has failed already fail with it."""
        if file is not self._file:
            return _unavailable("the chain was broken off")
        try:
            file.append(b"".join(group.lines for group in groups))
        except Exception as error:  # noqa: BLE001  whatever fails here, nothing may be shown, and the thread must live on
            self._abandon(file)
            return _unavailable(type(error).__name__)
        self._durable = groups[-1].head
        return None

    def _abandon(self, file: ChainFile) -> None:
        with self._lock:
            self._previous = (file.path.name, self._durable)
            self._file = None
        with suppress(OSError):
            file.close()


def _unavailable(cause: str) -> AuditUnavailable:
    return AuditUnavailable(
        "The audit cannot be written, so nothing is shown.",
        got=cause,
        remedy="Free disk space or mend the disk under the audit folder; nothing needs a restart.",
    )


def _tell(group: _Group, error: AuditUnavailable | None) -> None:
    """Resolve the futures of a group, those of a loop with one call into it."""
    if group.loop is None:
        _settle(group.waiting, error)
        return
    with suppress(RuntimeError):  # that loop has ended: nobody waits there any more
        group.loop.call_soon_threadsafe(_settle, group.waiting, error)


def _settle(waiting: Sequence[_Done], error: AuditUnavailable | None) -> None:
    for done in waiting:
        try:
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
        except (ConcurrentInvalidState, asyncio.InvalidStateError):  # whoever waited has gone away, at any moment
            continue
