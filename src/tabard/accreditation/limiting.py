"""A bound on the time of one call: a rule that comes to no end is ended, and the next one is asked.

In the main thread an alarm ends it wherever it is, within a pattern that searches without end too; elsewhere it is left
behind in a thread of its own, and whoever runs us there bounds the whole (the store runs each check as a process).
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import NoReturn, TypeVar

LIMIT_S = 60.0
"""How long one rule may take, in seconds."""

_AGAIN_S = 1.0
"""The alarm is rung again: what caught it by mistake is ended all the same."""

_Value = TypeVar("_Value")


class TookTooLong(BaseException):
    """The call came to no end in its time; no rule's own `except Exception` catches it."""


def within(limit_s: float, call: Callable[[], _Value]) -> _Value:
    """What `call` gives within so many seconds. Raises TookTooLong, and whatever it raises."""
    if current_thread() is main_thread():
        with _alarm(limit_s):
            return call()
    return _apart(limit_s, call)


@contextmanager
def _alarm(limit_s: float) -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, ring)
    left_s, _ = signal.setitimer(signal.ITIMER_REAL, limit_s, _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left_s)
        signal.signal(signal.SIGALRM, before)


def _apart(limit_s: float, call: Callable[[], _Value]) -> _Value:
    answer: SimpleQueue[Callable[[], _Value]] = SimpleQueue()

    def run() -> None:
        try:
            value = call()
        except BaseException as fault:  # noqa: BLE001  raised again for whoever waits
            answer.put(partial(_raise, fault))
        else:
            answer.put(lambda: value)

    Thread(target=run, name="rule", daemon=True).start()
    try:
        told = answer.get(timeout=limit_s)
    except Empty:
        raise TookTooLong from None
    return told()


def _raise(fault: BaseException) -> NoReturn:
    raise fault
