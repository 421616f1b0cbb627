"""Delivery: each message stop-and-wait, again and again, until it is acknowledged."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag

from tabard.sandbox.errors import Undelivered
from tabard.sandbox.events import Event
from tabard.sandbox.mllp import Acknowledgement, Answer, Line, LineDown

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
        self, line: Line, stopping: Flag, *, patience_s: float | None, tell_trouble: Callable[[str], None]
    ) -> None:
        self._line = line
        self._stopping = stopping
        self._patience_s = patience_s
        self._tell_trouble = tell_trouble

    def deliver(self, event: Event, message: bytes, control_id: str) -> Sent:
        """Exchange until it is answered for good, with pauses that double; patience counts the pauses.

        Raises Undelivered when patience ends or on `stopping`.
        """
        pause_s, waited_s, attempts = _FIRST_PAUSE_S, 0.0, 0
        while True:
            attempts += 1
            heard = _try_once(self._line, message, control_id)
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
        """Hang up."""
        self._line.close()


def _undelivered(event: Event, attempts: int, reason: str) -> Undelivered:
    return Undelivered(
        f"the receiver did not acknowledge {event.kind.value} after {attempts} attempts",
        got=reason,
        remedy="check that the hospital runs and that its link listens at this host and port",
    )


def _try_once(line: Line, message: bytes, control_id: str) -> Acknowledgement | str:
    try:
        heard = line.exchange(message)
    except LineDown as fault:
        return str(fault)
    if heard.control_id == control_id:
        return heard
    line.close()
    return "an acknowledgement of another message"
