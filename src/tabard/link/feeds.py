"""How fresh each feed is, in memory: changed at each commit of the journal, read at each answer of the gateway."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tabard.ground.time import Clock
from tabard.journal import Backlog
from tabard.link.settings import LinkSettings
from tabard.link.silence import DEFAULT_S, Rhythm

BEHIND_AFTER_S = 30
"""A feed is behind when a message has waited longer than this to reach the record."""


class FeedState(StrEnum):
    """What may be thought of what a feed brought."""

    live = "live"
    """Messages come and are in the record."""
    behind = "behind"
    """Messages come faster than they reach the record."""
    silent = "silent"
    """None has come for longer than the link may be quiet."""
    never = "never"
    """None has ever come."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One link's freshness at a moment, and how its listener fares."""

    link: str
    state: FeedState
    last_received: datetime | None
    waiting: int
    oldest_waiting: datetime | None
    silence_after_s: int
    connections: int = 0
    turned_away: int = 0
    refused_peers: int = 0
    """Connections of peers that are not allowed here (address, certificate), since the start."""
    is_rhythm_learned: bool = False
    """Whether `silence_after_s` comes of the feed's own rhythm; else it is set, or a default."""
    quiet_s: float | None = None
    """How long ago the last message came."""
    lag_s: float = 0.0
    """How long the oldest message that waits has waited; held ones apart."""
    incomplete_since: datetime | None = None
    """When an opening load began that nobody has closed: until then not all that there was is in the record."""


@dataclass(slots=True)
class _Known:
    """What one link's feed is known by. Each attribute is replaced whole, so that a reader in another thread never sees half."""

    settings: LinkSettings
    queue: dict[int, datetime]
    waiting: tuple[int, datetime | None] = (0, None)
    last_received: datetime | None = None
    connections: int = 0
    turned_away: int = 0
    refused_peers: int = 0
    rhythm: Rhythm = field(default_factory=Rhythm)

    def publish(self) -> None:
        self.waiting = (len(self.queue), next(iter(self.queue.values()), None))


class Feeds:
    """The feeds of a hospital. One thread tells it what happens; any thread may read."""

    def __init__(self, settings: Iterable[LinkSettings], clock: Clock) -> None:
        self._clock = clock
        self._known = {one.name: _Known(one, {}) for one in settings}

    def restore(self, backlog: Iterable[Backlog], last_received: Iterable[tuple[str, datetime | None]]) -> None:
        """Take up what the journal knows from before the start."""
        for item in backlog:
            self.taken(item.link, (item.seq,), item.received)
        for link, moment in last_received:
            if link in self._known:
                self._known[link].last_received = moment

    def taken(self, link: str, seqs: Sequence[int], received: datetime) -> None:
        """Messages were journaled and wait."""
        if known := self._known.get(link):
            known.queue.update(dict.fromkeys(seqs, received))
            known.last_received = received

    def wait_again(self, again: Sequence[Backlog]) -> None:
        """Messages that were held, or are replayed, wait once more; their feeds are no fresher for it."""
        for link in {one.link for one in again}:
            if known := self._known.get(link):
                known.queue.update((one.seq, one.received) for one in again if one.link == link)
                known.queue = dict(sorted(known.queue.items()))

    def heard(self, link: str, received: datetime) -> None:
        """A message came that does not wait (the same one again)."""
        if known := self._known.get(link):
            known.last_received = received

    def settled(self, seq: int) -> None:
        """A message waits no more."""
        for known in self._known.values():
            if known.queue.pop(seq, None) is not None:
                return

    def connected(self, link: str, connections: int) -> None:
        """How many senders are connected now."""
        self._known[link].connections = connections

    def turned_away(self, link: str) -> None:
        """A sender was turned away, there being too many."""
        self._known[link].turned_away += 1

    def refused_peer(self, link: str) -> None:
        """A peer that is not allowed came."""
        self._known[link].refused_peers += 1

    def learn(self, rhythms: Mapping[str, Rhythm]) -> None:
        """Go by these rhythms, and teach them from now on."""
        for link, rhythm in rhythms.items():
            self._known[link].rhythm = rhythm

    def rhythms(self) -> dict[str, Rhythm]:
        """The rhythm of each link, as far as it is learned."""
        return {link: known.rhythm for link, known in self._known.items()}

    def tick(self) -> None:
        """Each second or so: the rhythms hear of what came since the last time."""
        for known in self._known.values():
            if known.last_received is not None and known.last_received != known.rhythm.last:
                known.rhythm.heard(known.last_received)

    def publish(self) -> None:
        """Let readers see what was told since the last time."""
        for known in self._known.values():
            known.publish()

    def read(self) -> tuple[Feed, ...]:
        """How each feed is now, by name."""
        now = self._clock()
        return tuple(_feed(known, now) for known in self._known.values())


def _feed(known: _Known, now: datetime) -> Feed:
    last, (waiting, oldest), settings = known.last_received, known.waiting, known.settings
    silence_after_s = settings.silence_after_s or (DEFAULT_S if last is None else known.rhythm.allowed_s(last))
    return Feed(
        link=settings.name,
        state=_state(last, oldest, now, silence_after_s),
        last_received=last,
        waiting=waiting,
        oldest_waiting=oldest,
        silence_after_s=silence_after_s,
        connections=known.connections,
        turned_away=known.turned_away,
        refused_peers=known.refused_peers,
        is_rhythm_learned=not settings.silence_after_s,
        quiet_s=None if last is None else (now - last).total_seconds(),
        lag_s=0.0 if oldest is None else (now - oldest).total_seconds(),
    )


def _state(last: datetime | None, oldest: datetime | None, now: datetime, silence_after_s: int) -> FeedState:
    """Silence outranks being behind: both say that the record is old, and only the sender can end the first."""
    if last is None:
        return FeedState.never
    if now - last > timedelta(seconds=silence_after_s):
        return FeedState.silent
    if oldest is not None and now - oldest > timedelta(seconds=BEHIND_AFTER_S):
        return FeedState.behind
    return FeedState.live
