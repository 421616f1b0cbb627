"""What was asked in a way that Millennium does not answer: kept and told, without a value."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_LONGEST_NAME = 40
_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Refused:
    """The type (or `token`), the names of the parameters and never a value, and why."""

    type: str
    parameters: tuple[str, ...]
    why: str


class Refusals:
    """Keeps the latest ten thousand; `tell` hears each, on the server's thread."""

    def __init__(self) -> None:
        self.tell: Callable[[Refused], None] = lambda _: None
        self._all: deque[Refused] = deque(maxlen=_KEPT)

    def add(self, type_: str, parameters: Iterable[str], why: str) -> None:
        """Note one. Names are cut short: somebody may have put a value where a name belongs."""
        names = tuple(dict.fromkeys(name[:_LONGEST_NAME] for name in parameters))
        refused = Refused(type_[:_LONGEST_NAME], names, why)
        self._all.append(refused)
        self.tell(refused)

    def all(self) -> tuple[Refused, ...]:
        """All that are kept, the oldest first."""
        return tuple(self._all)
