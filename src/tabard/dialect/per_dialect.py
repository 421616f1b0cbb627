"""What is worked out from a dialect once and asked for with every message."""

from collections.abc import Callable
from typing import Generic, TypeVar

from tabard.dialect.schema import Dialect

T = TypeVar("T")
_MOST = 256


class PerDialect(Generic[T]):
    """Works something out for a dialect when it is first asked for.

    A dialect does not change, and cannot be hashed: it is known by its identity, and kept, so that no other is taken for it.
    """

    def __init__(self, work_out: Callable[[Dialect], T]) -> None:
        self._work_out = work_out
        self._held: dict[int, tuple[Dialect, T]] = {}

    def __call__(self, dialect: Dialect) -> T:
        """What was worked out."""
        held = self._held.get(id(dialect))
        if held is None or held[0] is not dialect:
            if len(self._held) >= _MOST:
                self._held.clear()
            held = self._held[id(dialect)] = (dialect, self._work_out(dialect))
        return held[1]
