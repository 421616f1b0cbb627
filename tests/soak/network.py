"""The network: what order messages come in, on which connection, which are brought again.

Each connection keeps its order. A message that may straggle is now and then brought late, on another connection, after as
many as `DELAY` others, or a second time under a new number as an engine does that was told to send again. Pure but for the
draw.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from random import Random

from soak.tale import LABORATORY, LINES, Told

DELAY = range(100, 300)
"""By how many messages one is late. Connections are never so far apart, so that what is late never comes early."""
LATE, AGAIN, SAME_AGAIN, LOST_ACK = 0.02, 0.01, 0.005, 0.01
"""How many are brought late; a second time under a new number; a second time as they were; and how many acknowledgements are lost."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on a connection (`line`); `is_copy` says that it came before, byte for byte; `loses_ack` that its first answer is lost."""

    raw: bytes
    control_id: str
    line: int
    is_copy: bool = False
    loses_ack: bool = False


class Shuffle:
    """Brings what the story tells, `told`, in the order of the network."""

    def __init__(self, told: Iterable[Told], *, seed: int) -> None:
        self._told = told
        self._chance = Random(f"network {seed}")  # noqa: S311  repeatable, and guards nothing
        self._later: list[tuple[int, int, Sent]] = []
        self._count = self._put = 0

    def __iter__(self) -> Iterator[Sent]:
        for one in self._told:
            yield from self._due()
            self._count += 1
            yield from self._brought(one)
        self._count += DELAY.stop
        yield from self._due()

    def _brought(self, one: Told) -> Iterator[Sent]:
        chance = self._chance
        sent = Sent(one.raw, one.control_id, one.line, loses_ack=chance.random() < LOST_ACK)
        if one.may_straggle and chance.random() < LATE:
            self._put_off(replace(sent, line=self._another(one.line)))
        else:
            yield sent
        if one.may_straggle and chance.random() < AGAIN:
            number = f"R{one.control_id[1:]}"
            again = one.raw.replace(one.control_id.encode(), number.encode(), 1)
            self._put_off(Sent(again, number, self._another(one.line)))
        if chance.random() < SAME_AGAIN:
            self._put_off(replace(sent, loses_ack=False, is_copy=True))

    def _another(self, line: int) -> int:
        """The laboratory has only its own connection; the others stand in for one another."""
        return line if line == LABORATORY else self._chance.randrange(LINES)

    def _put_off(self, sent: Sent) -> None:
        self._put += 1
        heappush(self._later, (self._count + self._chance.choice(DELAY), self._put, sent))

    def _due(self) -> Iterator[Sent]:
        while self._later and self._later[0][0] <= self._count:
            yield heappop(self._later)[2]
