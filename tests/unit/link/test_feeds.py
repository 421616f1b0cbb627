"""Feeds: how fresh, from memory, and true after a restart."""

from datetime import UTC, datetime, timedelta

from tabard.journal import Backlog
from tabard.link import Feed, FeedState, LinkSettings
from tabard.link.feeds import BEHIND_AFTER_S, Feeds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = (LinkSettings("lorenzo", "itk-2.4", 0, silence_after_s=600), LinkSettings("other", "itk-2.4", 0))


class Hand:
    """A clock whose hand is moved by the test."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        """The time the hand shows."""
        return self.now

    def forward(self, seconds: float) -> None:
        """Move the hand."""
        self.now += timedelta(seconds=seconds)


def lorenzo(feeds: Feeds) -> Feed:
    feeds.publish()
    return feeds.read()[0]


def test_a_feed_goes_from_never_to_live_to_silent_and_back() -> None:
    """It is never before the first message, live after it, silent once quiet for longer than allowed, live with the next."""
    hand = Hand()
    feeds = Feeds(SETTINGS, hand)
    assert lorenzo(feeds).state is FeedState.never
    feeds.taken("lorenzo", (1,), NOON)
    feeds.settled(1)
    hand.forward(600)
    assert lorenzo(feeds).state is FeedState.live
    hand.forward(1)
    assert lorenzo(feeds).state is FeedState.silent
    feeds.heard("lorenzo", hand.now)
    assert lorenzo(feeds).state is FeedState.live
    assert feeds.read()[1].state is FeedState.never


def test_a_feed_whose_messages_wait_is_behind() -> None:
    """When the oldest message waits too long the feed is behind, though new ones come; settling it ends that."""
    hand = Hand()
    feeds = Feeds(SETTINGS, hand)
    feeds.taken("lorenzo", (1,), NOON)
    hand.forward(BEHIND_AFTER_S + 1)
    feeds.taken("lorenzo", (2,), hand.now)
    feed = lorenzo(feeds)
    assert (feed.state, feed.waiting, feed.oldest_waiting, feed.last_received) == (FeedState.behind, 2, NOON, hand.now)
    feeds.settled(1)
    feed = lorenzo(feeds)
    assert (feed.state, feed.waiting, feed.oldest_waiting) == (FeedState.live, 1, hand.now)
    feeds.settled(1)
    assert lorenzo(feeds).waiting == 1


def test_a_restart_forgets_nothing() -> None:
    """Restored from the journal, a feed is as old and as far behind as it was; links that are gone are passed over."""
    hand = Hand()
    hand.forward(700)
    feeds = Feeds(SETTINGS, hand)
    feeds.restore(
        [Backlog(5, "lorenzo", NOON), Backlog(6, "gone", NOON)], [("lorenzo", NOON), ("other", None), ("gone", NOON)]
    )
    feeds.publish()
    feed, other = feeds.read()
    assert (feed.state, feed.waiting, feed.last_received) == (FeedState.silent, 1, NOON)
    assert other.state is FeedState.never


def test_connections_are_told() -> None:
    """A feed tells how many senders are connected, and how many were turned away."""
    feeds = Feeds(SETTINGS, Hand())
    feeds.connected("lorenzo", 3)
    feeds.turned_away("lorenzo")
    assert (lorenzo(feeds).connections, lorenzo(feeds).turned_away) == (3, 1)
