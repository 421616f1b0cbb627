"""The thread that takes: a loop (uvloop: about a tenth more messages a second) with every link's listener, and the one writer of the journal."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import structlog
import uvloop

from tabard.ground.errors import InternalError
from tabard.ground.time import Clock
from tabard.journal import JournalFault, JournalReader, JournalWriter, Mark
from tabard.link.claims import Claims
from tabard.link.feeds import Feeds
from tabard.link.intake import Intake
from tabard.link.listener import Listener
from tabard.link.measures import Measures
from tabard.link.peers import held_of, tls_of
from tabard.link.retention import before, remove_reports
from tabard.link.rhythms import load_rhythms, save_rhythms
from tabard.link.settings import LinkSettings
from tabard.link.shapes import Shapes
from tabard.link.writeback.keeping import forget_left
from tabard.link.zones import zone_or_utc

_log = structlog.get_logger("tabard.link")

_T = TypeVar("_T")
_TICK_S = 1.0
_HOUSEKEEPING_S = 3600.0
_BETWEEN_STEPS_S = 0.05

Addresses = dict[str, tuple[str, int]]


class TakingThread:
    """Listens for all links from `start` to `stop_listening`, and writes the journal until `stop`."""

    def __init__(
        self,
        settings: Sequence[LinkSettings],
        journal: Path,
        feeds: Feeds,
        clock: Clock,
        claims: Claims,
        applied_to: int | None,
    ) -> None:
        self._settings = settings
        self._journal_path = journal
        self._feeds = feeds
        self._clock = clock
        self._claims = claims
        self._applied_to = applied_to
        self._opened: Future[Addresses] = Future()
        self._quiet: Future[None] = Future()
        self._intake: Intake | None = None
        self._listeners: tuple[Listener, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._close_asked = asyncio.Event()
        self._stop_asked = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="tabard-intake", daemon=True)

    def start(self) -> Addresses:
        """Open every port; where each link listens. Raises CallerError when a port cannot be had."""
        self._thread.start()
        return self._opened.result()

    def stop_listening(self) -> None:
        """Take no more; return when what came is journaled and answered."""
        if self._tell(self._close_asked):
            self._quiet.result()

    def stop(self) -> None:
        """Write what is left to write, let go of the journal, and end."""
        self._tell(self._close_asked)
        self._tell(self._stop_asked)
        self._thread.join()

    def put_marks(self, marks: Sequence[Mark]) -> Future[None]:
        """From any thread: have `marks` written with the next commit; the result comes when they are durable."""
        done: Future[None] = Future()
        if self._loop is None or self._intake is None:
            raise InternalError("marks were put before the thread was started")
        self._loop.call_soon_threadsafe(self._intake.put_marks, marks, done)
        return done

    def ask(self, act: Callable[[JournalWriter], _T]) -> Future[_T]:
        """From any thread: have something else done with the journal; what it gives comes when that is durable."""
        done: Future[_T] = Future()
        if self._loop is None or self._intake is None:
            raise InternalError("the journal was asked before the thread was started")
        self._loop.call_soon_threadsafe(self._intake.ask, act, done)
        return done

    @property
    def fault(self) -> str | None:
        """What keeps messages from being taken; None when nothing does."""
        if self._opened.done() and not self._thread.is_alive():
            return "messages are not taken: the intake is not running"
        return None if self._intake is None else self._intake.fault

    @property
    def measures(self) -> Measures | None:
        """What the intake measured; None before it runs."""
        return None if self._intake is None else self._intake.measures

    def _tell(self, asked: asyncio.Event) -> bool:
        if self._loop is None or not self._thread.is_alive():
            return False
        self._loop.call_soon_threadsafe(asked.set)
        return True

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._live())
        except BaseException as fault:  # noqa: BLE001  told to those who wait, in their thread
            _log.error("the intake ended", fault=type(fault).__name__)
            for waited in (self._opened, self._quiet):
                if not waited.done():
                    waited.set_exception(fault)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_tell_kind)
        journal = JournalWriter(self._journal_path)
        try:
            self._intake = Intake(
                journal,
                self._feeds,
                self._clock,
                schedule=self._loop.call_soon,
                claims=self._claims,
                shapes={one.name: Shapes(one.acknowledge) for one in self._settings},
            )
            self._follow_record(journal)
            self._restore_feeds()
            self._tick()
            housekeeping = self._loop.create_task(self._keep_house())
            await self._listen(self._intake, self._loop)
            await self._stop_asked.wait()
            housekeeping.cancel()
            self._intake.tick()
            self._intake.flush()
            save_rhythms(self._journal_path.parent, self._feeds.rhythms())
        finally:
            if self._ticking is not None:
                self._ticking.cancel()  # the loop turns once more when it is ended
            journal.close()

    async def _listen(self, intake: Intake, loop: asyncio.AbstractEventLoop) -> None:
        keys, held = self._journal_path.parent / "keys", held_of(self._settings)
        listeners = {
            one.name: Listener(one, intake, self._feeds, loop, held=held, tls=tls_of(keys, one.tls, one.name))
            for one in self._settings
        }
        try:
            self._opened.set_result({name: await listener.open() for name, listener in listeners.items()})
            self._listeners = tuple(listeners.values())
            await self._close_asked.wait()
        finally:
            await asyncio.gather(*(listener.close() for listener in listeners.values()))
        self._quiet.set_result(None)

    def _tick(self) -> None:
        if self._intake is not None and self._loop is not None:
            self._intake.tick()
            self._feeds.tick()
            self._ticking = self._loop.call_later(_TICK_S, self._tick)

    async def _keep_house(self) -> None:
        """Each hour: what was learned is kept, and what is older than it may be goes, in small steps between the turns."""
        while True:
            await asyncio.sleep(_HOUSEKEEPING_S)
            save_rhythms(self._journal_path.parent, self._feeds.rhythms())
            with suppress(OSError):
                remove_reports(self._journal_path.parent, self._settings, self._clock())
            with suppress(JournalFault):
                await self._prune_all()
            if all(one.write is None for one in self._settings):  # else writing back keeps its own house
                with suppress(InternalError, OSError):
                    await asyncio.to_thread(forget_left, self._journal_path.parent, self._settings, self._clock)

    async def _prune_all(self) -> None:
        while await self._prune():  # noqa: ASYNC110  a pause between two steps; no event is awaited
            await asyncio.sleep(_BETWEEN_STEPS_S)

    async def _prune(self) -> int:
        content, lines = (before(self._settings, self._clock(), of) for of in ("keep_days", "keep_lines_days"))
        if content is None:
            return 0
        return await asyncio.wrap_future(self.ask(lambda journal: journal.prune(content, lines)))

    def _follow_record(self, journal: JournalWriter) -> None:
        if self._applied_to is not None and (lost := journal.follow(self._applied_to)):
            _log.error("the record is older than the journal: messages are applied again", number=lost)

    def _restore_feeds(self) -> None:
        reader = JournalReader(self._journal_path)
        for link, several in groupby(reader.backlog(), key=attrgetter("link")):
            self._claims.add(link, [one.seq for one in several])
        last = {one.name: reader.last_received(one.name) for one in self._settings}
        self._feeds.restore(reader.backlog(), last.items())
        zones = {one.name: zone_or_utc(self._journal_path.parent, one) for one in self._settings}
        self._feeds.learn(load_rhythms(self._journal_path.parent, zones))
        reader.close()


def _tell_kind(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Only the kind is logged: an exception's text may hold what a message said."""
    fault = context.get("exception")
    _log.error("a connection failed", fault=type(fault).__name__, told=context.get("message"))
