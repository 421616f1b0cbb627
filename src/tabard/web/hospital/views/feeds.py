"""How fresh what is shown is, in words that nobody can take for something else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tabard.link import Feed
from tabard.web.design.times import ago, clock_time

_WORST_FIRST = ("silent", "never", "behind", "live")
_TAGS = {
    "live": ("Live", "green"),
    "behind": ("Behind", "yellow"),
    "silent": ("SILENT", "red"),
    "never": ("Nothing yet", "red"),
}
_NO_FEED = "No link brings anything into this hospital yet: nothing shown here can be current."


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed: `tag` and `colour` for the eye, `sentence` says all of it."""

    link: str
    state: str
    tag: str
    colour: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the page may be trusted to be current; `lines` begins with the worst feed."""

    is_current: bool
    lines: tuple[FeedLine, ...]
    warning: str


def freshness(feeds: Iterable[Feed], now: datetime) -> Freshness:
    """The freshness of all feeds together."""
    ordered = sorted(feeds, key=lambda feed: (_rank(feed), feed.link))
    lines = tuple(feed_line(feed, now) for feed in ordered)
    is_current = bool(lines) and all(feed.state == "live" and feed.incomplete_since is None for feed in ordered)
    return Freshness(is_current, lines, "" if lines else _NO_FEED)


def feed_line(feed: Feed, now: datetime) -> FeedLine:
    """One feed in words."""
    state = str(feed.state)
    tag, colour = _TAGS.get(state, (state, "red"))
    if state == "silent" and feed.last_received is not None:
        tag = f"SILENT since {clock_time(feed.last_received, now)}"
    if feed.incomplete_since is not None:
        tag, colour = f"{tag}, record INCOMPLETE", "red"
    return FeedLine(feed.link, state, tag, colour, f"{_sentence(feed, now)}{_lacking(feed, now)}")


def _rank(feed: Feed) -> int:
    state = str(feed.state)
    return _WORST_FIRST.index(state) if state in _WORST_FIRST else 0


def _sentence(feed: Feed, now: datetime) -> str:
    last = feed.last_received
    if last is None:
        return "No message has ever come. Nothing shown from this feed can be current."
    came = f"Last message {clock_time(last, now)} ({ago(last, now)} ago)"
    if feed.state == "silent":
        return f"Nothing has come for {ago(last, now)}. What you see may be out of date: check the patient record system itself."
    if feed.state == "behind":
        since = f", the oldest since {clock_time(feed.oldest_waiting, now)}" if feed.oldest_waiting else ""
        return f"{came}, but {_messages(feed.waiting)} not shown yet{since}. The newest changes are missing here."
    return f"{came}."


def _lacking(feed: Feed, now: datetime) -> str:
    """What is missing until somebody closes the link's opening load."""
    if feed.incomplete_since is None:
        return ""
    since = clock_time(feed.incomplete_since, now)
    return f" Record incomplete since {since}: not all that was there before is loaded. Patients and visits may be missing here."


def _messages(count: int) -> str:
    return "1 message is" if count == 1 else f"{count} messages are"
