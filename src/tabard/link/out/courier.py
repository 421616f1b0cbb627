"""The courier of one destination: one connection, one message at a time, in order, each until it has its answer.

An answer counts only by MSA-2. What answers nothing that is waited for is dropped and counted: a late answer must never be
taken for the next message's. After a time without an answer the connection is closed before anything else is sent.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from tabard.ground.time import Clock, to_us
from tabard.hl7v2 import (
    AckCode,
    Acknowledgement,
    FramingFault,
    Unreadable,
    acknowledge,
    must_answer,
    read_acknowledgement,
    read_header,
)
from tabard.link.out.destination import Destination
from tabard.link.out.judging import (
    Asked,
    Verdict,
    asked,
    judge,
    judge_application,
    judge_application_silence,
    judge_silence,
    pause_s,
)
from tabard.link.out.line import ConnectionBroke, Line, NotConnected, open_line
from tabard.link.out.model import OutReason
from tabard.link.out.outbox import Due, Outbox

_log = structlog.get_logger("tabard.link")

LOOK_EVERY_S = 5.0
"""How often the queue is looked at unasked: another process may have put a message into it."""


class Awaited:
    """The message whose answer is waited for now."""

    def __init__(self, control_id: str) -> None:
        self.control_id = control_id
        self.later: list[bytes] = []
        """What answers it, too, and came before the first answer was looked at: CA and AA may come in one piece."""
        self.answer: asyncio.Future[tuple[Acknowledgement, bytes]] = asyncio.get_running_loop().create_future()


class Courier:
    """Carries what the outbox holds for one destination. All in one loop, but for what is only read."""

    def __init__(
        self,
        destination: Destination,
        context: ssl.SSLContext | None,
        outbox: Outbox,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self.destination = destination
        self.fault: OutReason | None = None
        """Why the destination cannot be reached; None when it could at the last attempt."""
        self.strays = 0
        self._context = context
        self._outbox = outbox
        self._clock = clock
        self._chance = chance
        self._line: Line | None = None
        self._failures = 0
        self._awaited: Awaited | None = None
        self._safe: dict[str, tuple[int, datetime, Asked]] = {}
        self._woken = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether the connection is open now."""
        return self._line is not None and self._line.is_open

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Carry until cancelled."""
        self._outbox.recover(self.destination.name)
        self._remember_safe()
        try:
            while True:
                self._woken.clear()
                patience_s = self._give_up_waiting()
                due = self._outbox.due(self.destination.name)
                rest_s = LOOK_EVERY_S if due is None else self._rest_s(due)
                if due is None or rest_s > 0:
                    await self._sleep(min(rest_s, patience_s, LOOK_EVERY_S))
                else:
                    await self._carry(due)
        finally:
            self._hang_up()

    def _rest_s(self, due: Due) -> float:
        """How long the message's pause still is; never beyond the longest, whatever was done to the machine's time."""
        if due.not_before is None:
            return 0.0
        rest = (due.not_before - self._clock()).total_seconds()
        return rest if rest <= self.destination.longest_pause_s else 0.0

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def _carry(self, due: Due) -> None:
        try:
            line = await self._connected()
        except NotConnected as fault:
            self._keep_away(due, fault.reason)
        else:
            await self._try(due, line)

    def _keep_away(self, due: Due, reason: OutReason, *, is_uncounted: bool = False) -> None:
        """The destination took nothing and knows of nothing: for as long as that goes on the message stays."""
        self._failures += 1
        self._note(reason)
        self._outbox.postpone(due.id, reason, self._after(self._failures), is_uncounted=is_uncounted)

    async def _connected(self) -> Line:
        if self._line is None or not self._line.is_open:
            self._line = await open_line(self.destination, self._context, self._hear, self._lose)
        return self._line

    async def _try(self, due: Due, line: Line) -> None:
        """One try: its number is on disk before its first byte is on the wire."""
        question = asked(read_header(due.raw), self.destination)
        self._outbox.sending(due.id)
        awaited = self._awaited = Awaited(due.control_id)
        tries_left = self.destination.tries - due.attempts - 1
        code, raw = "", None
        try:
            line.send(due.raw)
            limit_s = self.destination.ack_timeout_s if question.is_accept else self.destination.application_timeout_s
            async with asyncio.timeout(limit_s):
                answer, raw = await awaited.answer
        except TimeoutError:
            verdict = judge_silence(OutReason.no_answer, tries_left=tries_left)
            self._hang_up()
        except ConnectionBroke as fault:
            if fault.is_not_trusted:
                self._keep_away(due, OutReason.not_trusted, is_uncounted=True)
                return
            verdict = judge_silence(OutReason.connection_lost, tries_left=tries_left)
        else:
            verdict = judge(answer, question, tries_left=tries_left, doubts=due.doubts)
            code = answer.code.value
            self._answer_back(answer)
        finally:
            self._awaited = None
        self._failures = 0
        self._note(None)
        self._conclude(due, verdict, question, code, raw)
        for item in awaited.later:
            self._hear(item)

    def _conclude(self, due: Due, verdict: Verdict, question: Asked, code: str, raw: bytes | None) -> None:
        again = None if verdict.state.is_final or verdict.is_safe else self._after(due.attempts + 1)
        if verdict.is_safe:
            self._safe[due.control_id] = (due.id, self._clock(), question)
        self._outbox.conclude(due.id, verdict, not_before=again, code=code, ack=raw)
        if verdict.reason is not None and not verdict.is_safe:
            told = verdict.reason.value
            _log.warning("not accepted", destination=self.destination.name, number=due.id, reason=told)

    def _after(self, failures: int) -> datetime:
        return self._clock() + timedelta(seconds=pause_s(self.destination, failures, self._chance()))

    def _hear(self, item: bytes | FramingFault) -> None:
        """A frame came: the answer that is waited for, an application's word on an earlier message, or a stray."""
        try:
            answer = None if isinstance(item, FramingFault) else read_acknowledgement(item)
        except Unreadable:
            answer = None
        if answer is None or isinstance(item, FramingFault):
            self._stray()
        elif self._awaited is not None and answer.control_id == self._awaited.control_id:
            if self._awaited.answer.done():
                self._awaited.later.append(item)
            else:
                self._awaited.answer.set_result((answer, item))
        elif answer.control_id in self._safe and not answer.is_accept_level:
            number, _, _ = self._safe[answer.control_id]
            self._outbox.conclude(number, judge_application(answer), code=answer.code.value, ack=item)
            del self._safe[answer.control_id]
            self._answer_back(answer)
        else:
            self._stray()

    def _answer_back(self, answer: Acknowledgement) -> None:
        """An application's answer may itself ask whether it is safe."""
        if answer.is_accept_level or not must_answer(answer.header.accept_condition, AckCode.CA) or self._line is None:
            return
        now = self._clock()
        self._line.send(acknowledge(answer.header, AckCode.CA, control_id=f"C{to_us(now)}", at=now))

    def _stray(self) -> None:
        self.strays += 1
        if (
            self.strays & (self.strays - 1) == 0
        ):  # 1, 2, 4, 8, ...: a peer that sends nothing else must not fill the log
            _log.warning("answers to nothing that is waited for", destination=self.destination.name, number=self.strays)

    def _lose(self, line: Line, broke: ConnectionBroke) -> None:
        if line is not self._line:
            return  # one that was hung up before
        self._line = None
        if self._awaited is not None and not self._awaited.answer.done():
            self._awaited.answer.set_exception(broke)

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.abort()
            self._line = None

    def _remember_safe(self) -> None:
        """What the receiver had safe before a restart; its application may speak on the next connection."""
        for number, control_id, sent, raw in self._outbox.awaiting(self.destination.name):
            self._safe[control_id] = (number, sent, asked(read_header(raw), self.destination))

    def _give_up_waiting(self) -> float:
        """Conclude what the application never spoke of; after how many seconds to ask again."""
        now, limit_s = self._clock(), self.destination.application_timeout_s
        for control_id, (number, since, question) in list(self._safe.items()):
            rest_s = limit_s - (now - since).total_seconds()
            if rest_s > 0:
                return rest_s  # the others came later
            self._outbox.conclude(number, judge_application_silence(question))
            del self._safe[control_id]
        return LOOK_EVERY_S

    def _note(self, fault: OutReason | None) -> None:
        """Log when the destination is lost or found, not each time."""
        if fault is not self.fault:
            told = "reached again" if fault is None else fault.value
            _log.warning("a destination", destination=self.destination.name, state=told)
        self.fault = fault
