"""Delivery: each message stop-and-wait, again and again, until it is acknowledged."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event as Flag

from tabard.sandbox.errors import Undelivered
from tabard.sandbox.events import Event
from tabard.sandbox.faults import Fault, OrderedFault
from tabard.sandbox.mllp import Acknowledgement, Answer, Line, LineDown

_PIECES = 5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 5.0


@dataclass(frozen=True, slots=True)
class Sent:
    """An event, the message that told it, how the receiver answered, and how often it had to be sent."""

    event: Event
    message: bytes
    acknowledgement: Acknowledgement
    attempts: int


class Delivery:
    """A line to one receiver that does not give up for `patience_s` seconds of pauses (None: never).

    `stopping`, when set, ends the waiting. `tell_trouble` hears, once a message, why it has to be sent again.
    """

    def __init__(
        self,
        line: Line,
        stopping: Flag,
        *,
        patience_s: float | None,
        tell_trouble: Callable[[str], None],
    ) -> None:
        self._line = line
        self._stopping = stopping
        self._patience_s = patience_s
        self._tell_trouble = tell_trouble
        self._kept_back: tuple[Event, bytes, str] | None = None

    def deliver(self, event: Event, message: bytes, control_id: str, fault: OrderedFault | None = None) -> Sent:
        """Deliver as `deliver_well` does, after or before what the fault does to it; one out of order is kept back.

        What is kept back is answered with an acknowledgement without a code, and comes after the next.
        """
        if fault is not None and fault.kind is Fault.out_of_order and self._kept_back is None:
            self._kept_back = (event, message, control_id)
            return Sent(event, message, Acknowledgement("", control_id, "kept back"), 0)
        self._suffer(fault, message)
        slow_s = fault.delay_s if fault is not None and fault.kind is Fault.slow else 0.0
        sent = self.deliver_well(event, message, control_id, slow_s)
        if fault is not None and fault.kind is Fault.duplicate:
            self.deliver_well(event, message, control_id)
        self.let_go()
        return sent

    def let_go(self) -> None:
        """Deliver what was kept back, if anything was."""
        if self._kept_back is not None:
            kept, self._kept_back = self._kept_back, None
            self.deliver_well(*kept)

    def _suffer(self, fault: OrderedFault | None, message: bytes) -> None:
        """What happens before the message comes whole."""
        if fault is None:
            return
        if fault.kind is Fault.silent:
            self._stopping.wait(fault.delay_s)
        with suppress(LineDown):
            if fault.kind is Fault.half_frame:
                self._line.send_half(message)
            elif fault.kind is Fault.lost_acknowledgement:
                self._line.send_unheard(message)
            elif fault.kind is Fault.late_acknowledgement:
                self._line.give_up_waiting(message)
                self._stopping.wait(fault.delay_s)

    def deliver_well(self, event: Event, message: bytes, control_id: str, slow_s: float = 0.0) -> Sent:
        """Exchange until it is answered for good, with pauses that double; patience counts the pauses.

        Raises Undelivered when patience ends or on `stopping`.
        """
        pause_s, waited_s, attempts = _FIRST_PAUSE_S, 0.0, 0
        while True:
            attempts += 1
            heard = self._try_once(message, control_id, slow_s)
            if isinstance(heard, Acknowledgement) and heard.answer is not Answer.not_now:
                return Sent(event, message, heard, attempts)
            reason = heard if isinstance(heard, str) else f"answered {heard.code}"
            if attempts == 1:
                self._tell_trouble(reason)
            is_out = self._patience_s is not None and waited_s >= self._patience_s
            if is_out or self._stopping.wait(pause_s):
                raise _undelivered(event, attempts, reason)
            waited_s += pause_s
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def close(self) -> None:
        """Hang up; what is kept back is not told any more."""
        self._line.close()

    def _try_once(self, message: bytes, control_id: str, slow_s: float) -> Acknowledgement | str:
        try:
            if slow_s:
                heard = self._line.exchange_slowly(message, lambda: self._stopping.wait(slow_s / _PIECES), _PIECES)
            else:
                heard = self._line.exchange(message)
        except LineDown as fault:
            return str(fault)
        if heard.control_id == control_id:
            return heard
        self._line.close()
        return "an acknowledgement of another message"


def _undelivered(event: Event, attempts: int, reason: str) -> Undelivered:
    return Undelivered(
        f"the receiver did not acknowledge {event.kind.value} after {attempts} attempts",
        got=reason,
        remedy="check that the hospital runs and that its link listens at this host and port",
    )
