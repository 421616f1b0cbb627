"""Messages to record systems: kept, then carried by one thread, with one connection a destination."""

import asyncio
import random
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

import structlog

from tabard.database import Hold, hold
from tabard.ground.errors import InternalError, NotFound
from tabard.ground.time import Clock, system_clock
from tabard.hl7v2 import AckCode, Unreadable, is_enhanced, must_answer, read_header
from tabard.link.out.courier import Courier
from tabard.link.out.destination import Destination, list_destinations
from tabard.link.out.errors import Unsendable
from tabard.link.out.model import DestinationState, OutMessage, OutState
from tabard.link.out.outbox import Outbox
from tabard.link.out.tls import tls_context

_log = structlog.get_logger("tabard.link")

OUTBOX_FILE = "outbound.db"
LOCK_FILE = "outbound.lock"
_FRAMING = (0x0B, 0x1C)
_RESTART_S = 5.0
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
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop_asked = asyncio.Event()
        self._begun: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="tabard-outbound", daemon=True)

    def start(self) -> None:
        """Carry what is queued. Once.

        Raises CallerError when a certificate cannot be used, or another process carries for this folder.
        """
        contexts = {
            name: None if one.tls is None else tls_context(self._folder, one.tls)
            for name, one in self._destinations.items()
        }
        self._hold = hold(self._folder / LOCK_FILE, "stop the other `tabard hospital serve` of this folder")
        self._outbox.recover()
        self._couriers = {
            name: Courier(one, contexts[name], self._outbox, self._clock, self._chance)
            for name, one in self._destinations.items()
        }
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

    def destinations(self) -> tuple[Destination, ...]:
        """Where messages may go, by name."""
        return tuple(self._destinations.values())

    def put(self, destination: str, raw: bytes, control_id: str, *, of: str) -> int:
        """Keep a message (unframed) to be sent to `destination`, after all that were put before; its number.

        `control_id` is its MSH-10 as it stands there; `of` says what it tells, such as `Observation/1`. The same message
        put again is the same number. Raises NotFound for the destination, Unsendable for a message that could not be
        framed, read or answered, or whose control id another message has.
        """
        settings = self._destinations.get(destination)
        if settings is None:
            raise NotFound("there is no such destination", got=destination, remedy="write destinations/NAME.toml")
        _check(raw, control_id, settings.limit_bytes)
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
        tasks = [asyncio.create_task(_keep(courier)) for courier in self._couriers.values()]
        self._begun.set_result(None)
        await self._stop_asked.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(_LAST_TURNS):  # connections that were hung up, or were being opened, are closed
            await asyncio.sleep(0)


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


def _check(raw: bytes, control_id: str, limit_bytes: int) -> None:
    if len(raw) > limit_bytes or any(mark in raw for mark in _FRAMING):
        raise _unsendable("the message", f"at most {limit_bytes} bytes, none of them VT or FS", "another")
    try:
        header = read_header(raw)
    except Unreadable as fault:
        raise _unsendable(fault.where or "MSH", fault.expected or "a header", fault.got or "another") from fault
    if header.control_id != control_id or control_id != control_id.strip():
        raise _unsendable("MSH-10", "the control id given, without blanks around it", "another")
    accept, application = header.accept_condition, header.application_condition
    if is_enhanced(header) and not (must_answer(accept, AckCode.CA) or must_answer(application, AckCode.AA)):
        raise _unsendable("MSH-15 and MSH-16", "one that asks for an answer: AL, or SU", f"{accept!r}, {application!r}")


def _unsendable(where: str, expected: str, got: str) -> Unsendable:
    return Unsendable(
        "the message cannot be sent so that its fate is known",
        where=where,
        expected=expected,
        got=got,
        remedy="build it with `tabard.hl7v2.build`, a control id of its own, and MSH-15 empty or AL",
    )
