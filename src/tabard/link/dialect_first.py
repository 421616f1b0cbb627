"""A link that has no dialect now applies nothing, and stops no other: its messages wait, and run on in their order when it has one.

One of them is tried again now and then; the others stand behind it under a key of the link. Once there is a dialect, what
comes waits behind what already does, and all are given again, oldest first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from tabard.dialect import Dialect
from tabard.ground.time import Clock
from tabard.journal import Mark, Outcome, State, Waiting
from tabard.link.ports import Applies
from tabard.link.versions import NoDialect

PAUSE = timedelta(seconds=5)
"""How often a link without a dialect is tried again."""

NO_DIALECT = "no_dialect"
"""The reason that such messages are held for."""

_HELD = Outcome(
    State.waiting,
    NO_DIALECT,
    "The dialect of this link is missing or is not what was approved, so the message is not read.",
    "Put dialects/ and links/ back from the hospital's backup, or switch back: `tabard link dialect back`.",
)
_KEY_BYTES = 16


@dataclass(slots=True)
class _Link:
    """A link of which messages wait for its dialect; `tried` is the one that is tried again, None where it is not known."""

    tried: int | None = None


class DialectFirst:
    """Gives to `applier` the messages of links that have a dialect, and holds the others.

    `is_any_held` says whether messages of some link wait so in the journal at the start. Used by one thread.
    """

    def __init__(
        self, applier: Applies, dialects: Callable[[str], Dialect | None], clock: Clock, *, is_any_held: bool
    ) -> None:
        self._applier = applier
        self._dialects = dialects
        self._is_any_held = is_any_held
        self._clock = clock
        self._links: dict[str, _Link | None] = {}

    def apply(self, messages: Sequence[Waiting]) -> tuple[Mark, ...]:
        """What became of each message, in the order given. Raises as the applier does."""
        waits = {link: self._waits(link) for link in dict.fromkeys(one.link for one in messages)}
        given = [one for one in messages if waits[one.link] is None]
        marks = {mark.seq: mark for mark in (self._applier.apply(given) if given else ())}
        for one in messages:
            if (wait := waits[one.link]) is not None:
                marks[one.seq] = wait(one)
        return tuple(marks[one.seq] for one in messages)

    def close(self) -> None:
        """Let go of the record."""
        self._applier.close()

    def _waits(self, link: str) -> Callable[[Waiting], Mark] | None:
        """How messages of this link wait in this batch; None where they do not."""
        if link not in self._links:
            self._links[link] = _Link() if self._is_any_held else None
        try:
            self._dialects(link)
        except NoDialect:
            self._links[link] = self._links[link] or _Link()
            return self._hold
        if self._links[link] is None:
            return None
        self._links[link] = None
        return self._queue

    def _hold(self, one: Waiting) -> Mark:
        """The first is tried again by itself, and the others when that finds a dialect."""
        found = self._links[one.link] or _Link()
        if found.tried in {None, one.seq}:
            found.tried = one.seq
            return Mark(one.seq, _HELD, self._clock(), _tried(one.link), again_at=self._clock() + PAUSE)
        return Mark(one.seq, _HELD, self._clock(), _key(one.link))

    def _queue(self, one: Waiting) -> Mark:
        """Behind what waits already, all of which is given again at once, this one with it."""
        key = _key(one.link)
        return Mark(one.seq, _HELD, self._clock(), key, releases=(key, _tried(one.link)))


def _key(link: str) -> bytes:
    """The key under which messages of a link wait for its dialect."""
    return sha256(f"no dialect: {link}".encode()).digest()[:_KEY_BYTES]


def _tried(link: str) -> bytes:
    """That of the one that is tried again: a key of its own, so that the others are not given again with it each time."""
    return sha256(f"no dialect, tried: {link}".encode()).digest()[:_KEY_BYTES]
