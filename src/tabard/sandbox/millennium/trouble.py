"""Trouble to order: what a record system does to those who ask on a bad day."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock


class Trouble(StrEnum):
    """What happens to a request for FHIR data; the token's and the statements' ends stay well."""

    slow = "slow"
    """Answered rightly, `delay_s` late."""
    silent = "silent"
    """Never answered: nothing comes for `delay_s`, then the connection ends."""
    throttled = "throttled"
    """429 with an OperationOutcome, and Retry-After only when told."""
    server_error = "server_error"
    """500 `fatal/required`: stored data lacks a required field. It will do so again."""
    unavailable = "unavailable"
    """503 from something in front of it, in HTML."""
    plain_text = "plain_text"
    """200, and text where JSON was asked for."""
    empty_body = "empty_body"
    """200 and nothing."""
    stale = "stale"
    """409: somebody else wrote in between."""
    unauthorized = "unauthorized"
    """401, though the token was good a moment ago."""
    cut = "cut"
    """The connection ends before anything was done."""
    lost_answer = "lost_answer"
    """It was done, and the connection ends before the answer."""
    late_answer = "late_answer"
    """It was done at once, and the answer comes `delay_s` late."""
    late_write = "late_write"
    """The connection ends, and `delay_s` after that it is done."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """One request's trouble; `for_writes` waits for a request that writes."""

    kind: Trouble
    delay_s: float = 0.0
    retry_after_s: int | None = None
    for_writes: bool = False


class Troubles:
    """What is ordered and not yet had, first come first served. For several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Ordered] = deque()

    def order(self, ordered: Ordered, times: int) -> None:
        """The next so many requests have it; 0 takes back all that was ordered."""
        with self._lock:
            if times == 0:
                self._waiting.clear()
            self._waiting.extend([ordered] * times)

    def take(self, *, is_write: bool) -> Ordered | None:
        """This request's trouble, mostly None."""
        with self._lock:
            found = next((one for one in self._waiting if is_write or not one.for_writes), None)
            if found is not None:
                self._waiting.remove(found)
            return found
