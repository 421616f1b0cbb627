"""The writer: events from any thread or loop, written and synced in groups by one thread, told when durable."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from tabard.audit.chain import Head, following
from tabard.audit.errors import AuditUnavailable
from tabard.audit.event import AuditEvent
from tabard.audit.file import ChainFile
from tabard.audit.verification import last_head
from tabard.ground.time import Clock

_Waiting = tuple[AuditEvent, "Future[None] | asyncio.Future[None]", asyncio.AbstractEventLoop | None]
_GROUP = 1024
"""Events written with one sync at most."""


class AuditLog:
    """One hash chain a process run, in `folder`. Close it to let the thread and the file go.

    A write that fails is told to all who wait for it (AuditUnavailable): they show nothing. The next event
    then begins a new chain that names the head of the failed one, since a file whose sync failed is not to be trusted.
    """

    def __init__(self, folder: Path, clock: Clock, open_chain: Callable[..., ChainFile] = ChainFile) -> None:
        self._folder = folder
        self._clock = clock
        self._open_chain = open_chain
        self._previous = last_head(folder)
        self._file: ChainFile | None = open_chain(folder, clock, self._previous)
        self._head = self._file.head
        self._waiting: deque[_Waiting] = deque()
        self._turning: set[asyncio.AbstractEventLoop] = set()
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def write(self, event: AuditEvent) -> "Future[None]":
        """A future, for a thread, that is done when `event` is durable; it raises AuditUnavailable."""
        done: Future[None] = Future()
        self._put((event, done, None))
        self._wake.set()
        return done

    def written(self, event: AuditEvent, loop: asyncio.AbstractEventLoop) -> "asyncio.Future[None]":
        """The same for a coroutine running on `loop`.

        The thread is woken at the end of the loop's turn and tells a whole group at once: each hand-over between two
        threads costs more than writing an event does.
        """
        done: asyncio.Future[None] = loop.create_future()
        self._put((event, done, loop))
        if loop not in self._turning:
            self._turning.add(loop)
            loop.call_soon(self._end_turn, loop)
        return done

    def close(self) -> None:
        """Write what waits, then stop. Later writes are refused. May be called twice."""
        self._closed = True
        self._wake.set()
        self._thread.join()
        _tell([self._waiting.popleft() for _ in range(len(self._waiting))], _unavailable("the audit is closed"))
        if self._file is not None:
            self._file.close()
            self._file = None

    def _put(self, waiting: _Waiting) -> None:
        if self._closed:
            raise _unavailable("the audit is closed")
        self._waiting.append(waiting)

    def _end_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._turning.discard(loop)
        self._wake.set()

    def _run(self) -> None:
        while not self._closed or self._waiting:
            self._wake.wait()
            self._wake.clear()
            while group := [self._waiting.popleft() for _ in range(min(len(self._waiting), _GROUP))]:
                _tell(group, self._keep(group))
                if not self._closed and len(group) < _GROUP:
                    break  # the rest of a turn is still coming: it wakes us at its end

    def _keep(self, group: list[_Waiting]) -> AuditUnavailable | None:
        """Make a group durable; None when it is."""
        try:
            self._append(group)
        except Exception as error:  # noqa: BLE001  whatever fails here, nothing may be shown, and the thread must live on
            self._abandon()
            return _unavailable(type(error).__name__)
        return None

    def _append(self, group: list[_Waiting]) -> None:
        if self._file is None:
            self._file = self._open_chain(self._folder, self._clock, self._previous)
            self._head = self._file.head
        lines, head = [], self._head
        for event, _, _ in group:
            line, head = following(head, event)
            lines.append(line)
        self._file.append(b"".join(lines))
        self._head = head

    def _abandon(self) -> None:
        if self._file is None:
            return
        self._previous = (self._file.path.name, self._head)
        with suppress(OSError):
            self._file.close()
        self._file = None

    @property
    def head(self) -> Head:
        """The end of the chain as far as it is durable."""
        return self._head


def _unavailable(cause: str) -> AuditUnavailable:
    return AuditUnavailable(
        "The audit cannot be written, so nothing is shown.",
        got=cause,
        remedy="Free disk space or mend the disk under the audit folder; nothing needs a restart.",
    )


def _tell(group: list[_Waiting], error: AuditUnavailable | None) -> None:
    """Resolve all futures of a group, those of one loop with one call into it."""
    loops: dict[asyncio.AbstractEventLoop, list[Future[None] | asyncio.Future[None]]] = {}
    for _, done, loop in group:
        if loop is None:
            _settle([done], error)
        else:
            loops.setdefault(loop, []).append(done)
    for loop, futures in loops.items():
        with suppress(RuntimeError):  # that loop has ended: nobody waits there any more
            loop.call_soon_threadsafe(_settle, futures, error)


def _settle(futures: list["Future[None] | asyncio.Future[None]"], error: AuditUnavailable | None) -> None:
    for done in futures:
        if done.done():  # whoever waited has gone away
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
