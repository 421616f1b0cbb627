"""Messages to record systems: kept, then carried by one thread, with one connection a destination."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, Future
from datetime import datetime
from pathlib import Path

import structlog

from tabard.database import Hold, hold
from tabard.ground.errors import CallerError, InternalError, NotFound
from tabard.ground.time import Clock, system_clock
from tabard.link.out.courier import Courier
from tabard.link.out.destination import Destination, list_destinations
from tabard.link.out.errors import Unsendable
from tabard.link.out.model import DestinationState, OutMessage, OutState
from tabard.link.out.outbox import Outbox
from tabard.link.out.sendable import check_sendable
from tabard.link.out.tls import tls_context

_log = structlog.get_logger("tabard.link")

OUTBOX_FILE = "outbound.db"
LOCK_FILE = "outbound.lock"
_RESTART_S = 5.0
_EXCHANGE_S = 30.0
_LAST_TURNS = 10
"""Turns of the loop after the last word: closing TLS takes a few."""


class Outbound:
    """Every destination in the hospital's `folder`. What `put` returned for is durable, and is sent until it has an answer.

    `put` and everything that reads may be called from any thread, started or not; one process at a time carries.
    `chance` gives numbers from 0 to 1 by which pauses are shortened.
    """

    def __init__(self, folder: Path, clock: Clock = system_clock, chance: Callable[[], float] | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._chance = random.SystemRandom().random if chance is None else chance
        self._destinations = {one.name: one for one in list_destinations(folder)}
        self._outbox = Outbox(folder / OUTBOX_FILE, clock)
        self._hold: Hold | None = None
        self._couriers: dict[str, Courier] = {}
        self._carrying: dict[str, asyncio.Task[None]] = {}
        self._reloading = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop_asked = asyncio.Event()
        self._begun: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="tabard-outbound", daemon=True)

    def start(self) -> None:
        """Carry what is queued. Once.

        Raises CallerError when a certificate cannot be used, or another process carries for this folder.
        """
        couriers = {name: self._courier(one) for name, one in self._destinations.items()}
        self._hold = hold(self._folder / LOCK_FILE, "stop the other `tabard hospital serve` of this folder")
        self._outbox.recover()
        self._couriers = couriers
        self._thread.start()
        self._begun.result()

    def stop(self) -> None:
        """Hang up and let go of the files; what was sent and not answered is sent again after the next start."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_asked.set)
            self._thread.join()
        self._outbox.close()
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    def reload(self) -> tuple[str, ...]:
        """Read the files of the destinations anew, and go by them at once; the names of those that are new or another.

        Of one that changed the connection is closed and made anew; what was sent over it and not answered is sent again. One
        whose file is gone goes on until the next start: links may write there. Raises CallerError, and then nothing changed.
        """
        with self._reloading:
            told = {one.name: one for one in list_destinations(self._folder)}
            others = {name: one for name, one in told.items() if self._destinations.get(name) != one}
            couriers = {name: self._courier(one) for name, one in others.items()}
            self._destinations |= others
            if couriers and self._loop is not None and self._thread.is_alive():
                _await(asyncio.run_coroutine_threadsafe(self._exchange(couriers), self._loop))
        return tuple(others)

    def destination(self, name: str) -> Destination:
        """The settings of one. Raises NotFound."""
        settings = self._destinations.get(name)
        if settings is None:
            raise NotFound("there is no such destination", got=name, remedy="write destinations/NAME.toml")
        return settings

    def destinations(self) -> tuple[Destination, ...]:
        """Where messages may go, by name."""
        return tuple(self._destinations.values())

    def put(self, destination: str, raw: bytes, control_id: str, *, of: str) -> int:
        """Keep a message (unframed) to be sent to `destination`, after all that were put before; its number.

        `control_id` is its MSH-10 as it stands there; `of` says what it tells, such as `Observation/1`. The same message
        put again is the same number. Raises NotFound for the destination, Unsendable for a message that could not be
        framed, read or answered, or whose control id another message has.
        """
        check_sendable(raw, control_id, self.destination(destination).limit_bytes)
        number = self._outbox.put(destination, raw, control_id, of)
        self._wake(destination)
        return number

    def entry(self, number: int) -> OutMessage:
        """One message on its way. Raises NotFound."""
        return self._outbox.entry(number)

    def entries(
        self,
        *,
        destination: str | None = None,
        state: OutState | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> tuple[OutMessage, ...]:
        """Messages, newest first: those of `destination` and `state` where given, numbered lower than `before`."""
        return self._outbox.entries(destination=destination, state=state, before=before, limit=limit)

    def changes(self, after: int = 0, limit: int = 100) -> tuple[OutMessage, ...]:
        """What changed since the change numbered `after`: who keeps the highest `change` it has seen misses nothing."""
        return self._outbox.changes(after, limit)

    def raw(self, number: int) -> bytes:
        """The message itself. Raises NotFound."""
        return self._outbox.raw(number)

    def answer(self, number: int) -> bytes | None:
        """The receiver's last answer; it may tell of a patient. Raises NotFound."""
        return self._outbox.answer(number)

    def settle(self, number: int, state: OutState, *, by: str, why: str) -> OutMessage:
        """A person looked in the receiver: a message that is rejected or unclear is accepted or rejected.

        Raises NotFound, and Unsendable where there is nothing to decide.
        """
        if state not in {OutState.accepted, OutState.rejected}:
            raise Unsendable("a message is settled as accepted or as rejected", got=state.value)
        return self._outbox.decide(number, state, by, why)

    def send_again(self, number: int, *, by: str, why: str) -> OutMessage:
        """Have a message that is rejected or unclear sent again, with the same control id and bytes.

        Raises NotFound, and Unsendable where it is neither.
        """
        told = self._outbox.decide(number, OutState.queued, by, why)
        self._wake(told.destination)
        return told

    def states(self) -> tuple[DestinationState, ...]:
        """How each destination fares now."""
        return tuple(self._state(name) for name in self._destinations)

    def prune(self, before: datetime) -> int:
        """Remove messages that were accepted, or settled by a person, before then; how many. Others are kept."""
        return self._outbox.prune(before)

    @property
    def fault(self) -> str | None:
        """What keeps messages from being carried; None when nothing does."""
        if self._begun.done() and not self._thread.is_alive():
            return "messages are not sent: the sending thread is not running"
        return None

    def _courier(self, destination: Destination) -> Courier:
        context = None if destination.tls is None else tls_context(self._folder, destination.tls)
        return Courier(destination, context, self._outbox, self._clock, self._chance)

    async def _exchange(self, couriers: Mapping[str, Courier]) -> None:
        """These in the place of those of their names, which have let go of what they carried before."""
        await _ended(task for name, task in self._carrying.items() if name in couriers)
        self._couriers = {**self._couriers, **couriers}
        self._carrying |= {name: asyncio.create_task(_keep(courier)) for name, courier in couriers.items()}

    def _state(self, name: str) -> DestinationState:
        counts, oldest = self._outbox.counts(name)
        courier = self._couriers.get(name)
        if courier is None:
            return DestinationState(name, is_connected=False, fault=None, counts=counts, oldest_queued=oldest, strays=0)
        return DestinationState(name, courier.is_connected, courier.fault, counts, oldest, courier.strays)

    def _wake(self, destination: str) -> None:
        courier = self._couriers.get(destination)
        if courier is not None and self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(courier.wake)

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as fault:  # noqa: BLE001  told to those who wait, in their thread
            _log.error("the sending thread ended", fault=type(fault).__name__)
            if not self._begun.done():
                self._begun.set_exception(fault)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda _loop, context: _log.error("a connection failed", told=_kind(context)))
        self._carrying = {name: asyncio.create_task(_keep(courier)) for name, courier in self._couriers.items()}
        self._begun.set_result(None)
        await self._stop_asked.wait()
        await _ended(self._carrying.values())
        for _ in range(_LAST_TURNS):  # connections that were hung up, or were being opened, are closed
            await asyncio.sleep(0)


def _await(done: Future[None]) -> None:
    try:
        done.result(_EXCHANGE_S)
    except (TimeoutError, CancelledError) as fault:
        raise CallerError(
            "the destinations are not gone by yet",
            got="the hospital is stopping, or very busy",
            remedy="see `tabard link destination list`; the next start reads them",
        ) from fault


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancelled, and over."""
    known = list(tasks)
    for task in known:
        task.cancel()
    await asyncio.gather(*known, return_exceptions=True)


async def _keep(courier: Courier) -> None:
    """A courier whose disk failed tries again: one destination, or one bad minute, must not end the others."""
    while True:
        try:
            await courier.run()
        except InternalError as fault:
            _log.error("the queue failed", destination=courier.destination.name, fault=fault.got)
        except Exception as fault:  # noqa: BLE001  only its kind may be told
            _log.error("a courier failed", destination=courier.destination.name, fault=type(fault).__name__)
        await asyncio.sleep(_RESTART_S)


def _kind(context: dict[str, object]) -> str:
    """Only the kind: an exception's text may hold what a message said."""
    return type(context.get("exception")).__name__
