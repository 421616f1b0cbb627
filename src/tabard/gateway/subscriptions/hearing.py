"""Hearing: what the links say of their writes, so that a replay or an opening load tells nobody anything."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from time import monotonic

from tabard.gateway.ports import Versioned

MOST = 200_000
"""Writes that were heard of and not looked at yet; beyond, the oldest are taken for live ones if anybody is concerned."""

_WITHIN_S = 5.0
_OF_PRODUCTS = ("urn:tabard:kept:", "urn:tabard:product:")
_Name = tuple[str, str, int]


class Hearing:
    """Whether a write was live. `born` is the record's last write when this process began; safe from any thread.

    A write of a link that nothing was heard of is waited for a little, since it is told right after it is durable. One from
    before this process began, of which a kill kept the word, is taken for live: told once too often rather than never.
    """

    def __init__(self, born: int, within_s: float = _WITHIN_S) -> None:
        self._born = born
        self._within_s = within_s
        self._heard: OrderedDict[_Name, bool] = OrderedDict()
        self._waiting: tuple[int, float] | None = None
        self.news = threading.Event()
        """Set whenever something was heard: whoever waits for it clears it."""
        self._lock = threading.Lock()

    def hear(self, changes: Sequence[Versioned], is_replay: bool) -> None:  # noqa: FBT001  as the links call it
        """What a batch of a link wrote. Never waits."""
        with self._lock:
            for change in changes:
                self._heard[(change.type, change.id, change.version)] = not is_replay
            while len(self._heard) > MOST:
                self._heard.popitem(last=False)
        self.news.set()

    def drop(self, name: _Name) -> None:
        """Nobody is concerned by that write."""
        with self._lock:
            self._heard.pop(name, None)

    def is_live(self, seq: int, name: _Name, source: str) -> bool | None:
        """Whether it was; None where that is not told yet: ask again soon."""
        with self._lock:
            heard = self._heard.pop(name, None)
        if heard is not None or seq <= self._born or source.startswith(_OF_PRODUCTS):
            return heard is not False
        if self._waiting is None or self._waiting[0] != seq:
            self._waiting = (seq, monotonic())
        return True if monotonic() - self._waiting[1] >= self._within_s else None
