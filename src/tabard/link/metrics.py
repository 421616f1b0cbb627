"""What Prometheus is told of a hospital's links: counts, ages and times by link and reason; nothing of any message."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from tabard.link.feeds import Feed, FeedState
from tabard.link.measures import BOUNDS_S
from tabard.link.service import Links

_FRAMING = frozenset({"too_large", "unfinished_frame", "junk_between_frames"})
_NO_LINK = ("link",)


def metrics_text(links: Links) -> bytes:
    """How the links fare now, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Of(links))
    return generate_latest(registry)


class _Of(Collector):
    def __init__(self, links: Links) -> None:
        self._links = links

    def collect(self) -> Iterator[Metric]:
        feeds = self._links.feeds()
        yield from _of_feeds(feeds)
        names = [one.name for one in self._links.settings]
        yield from self._of_counts(names)
        yield from self._of_intake()

    def _of_counts(self, names: list[str]) -> Iterator[Metric]:
        received = CounterMetricFamily(
            "tabard_messages_received", "Messages received, whatever became of them.", labels=_NO_LINK
        )
        states = GaugeMetricFamily("tabard_messages", "Messages by what became of them.", labels=("link", "state"))
        parked = GaugeMetricFamily("tabard_messages_parked", "Parked messages by reason.", labels=("link", "reason"))
        held = GaugeMetricFamily(
            "tabard_messages_held", "Waiting messages that are held, by reason.", labels=("link", "reason")
        )
        for link in names:
            counts = self._links.counts(link)
            received.add_metric((link,), counts.pop("received"))
            for state, number in counts.items():
                states.add_metric((link, state), number)
            for family, reasons in ((parked, self._links.parked_reasons(link)), (held, self._links.held_reasons(link))):
                for reason, number in reasons.items():
                    family.add_metric((link, reason), number)
        yield from (received, states, parked, held)

    def _of_intake(self) -> Iterator[Metric]:
        measures = self._links.measures()
        commits = HistogramMetricFamily("tabard_journal_commit_seconds", "How long commits of the journal took.")
        if measures is not None:
            sums, buckets = 0, []
            for bound, number in zip((*map(str, BOUNDS_S), "+Inf"), tuple(measures.commits), strict=True):
                sums += number
                buckets.append((bound, sums))
            commits.add_metric((), buckets, measures.commits_s)
        yield commits
        nacks = CounterMetricFamily(
            "tabard_messages_not_taken", "Frames not taken, by reason.", labels=("link", "reason")
        )
        framing = CounterMetricFamily("tabard_framing_faults", "Bytes that were no whole frame.", labels=_NO_LINK)
        by_link: dict[str, int] = {}
        for (link, reason), number in () if measures is None else tuple(measures.refusals.items()):
            nacks.add_metric((link, reason), number)
            by_link[link] = by_link.get(link, 0) + (number if reason in _FRAMING else 0)
        for link, number in by_link.items():
            framing.add_metric((link,), number)
        undelivered = GaugeMetricFamily(
            "tabard_answers_undelivered", "Messages whose answer did not reach their sender."
        )
        undelivered.add_metric((), self._links.undelivered())
        faults = GaugeMetricFamily("tabard_link_faults", "What keeps messages from being taken or applied now.")
        faults.add_metric((), len(self._links.faults()))
        yield from (nacks, framing, undelivered, faults)


def _of_feeds(feeds: tuple[Feed, ...]) -> Iterator[Metric]:
    told: dict[str, tuple[str, dict[str, float]]] = {
        "tabard_feed_silent": ("1 where a feed is quiet for longer than it may be.", {}),
        "tabard_feed_quiet_seconds": ("How long ago the last message came.", {}),
        "tabard_feed_silence_after_seconds": ("How quiet the feed may be.", {}),
        "tabard_feed_lag_seconds": ("How long the oldest message that waits has waited.", {}),
        "tabard_feed_waiting": ("Messages that wait to be applied, held ones apart.", {}),
        "tabard_feed_connections": ("Senders connected.", {}),
        "tabard_feed_turned_away": ("Connections turned away, there being too many.", {}),
        "tabard_feed_refused_peers": ("Connections of peers that are not allowed.", {}),
    }
    for feed in feeds:
        values = (
            float(feed.state is FeedState.silent),
            feed.quiet_s,
            float(feed.silence_after_s),
            feed.lag_s,
            float(feed.waiting),
            float(feed.connections),
            float(feed.turned_away),
            float(feed.refused_peers),
        )
        for (_, numbers), value in zip(told.values(), values, strict=True):
            if value is not None:
                numbers[feed.link] = value
    for name, (text, numbers) in told.items():
        family = GaugeMetricFamily(name, text, labels=_NO_LINK)
        for link, value in numbers.items():
            family.add_metric((link,), value)
        yield family
