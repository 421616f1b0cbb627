"""Links with their state and counts, and the messages that wait for somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from tabard.link import Feed
from tabard.web.design.times import ago
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.pages.messages import number
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.arrivals import STEP, Arrivals, arrivals, begins
from tabard.web.hospital.views.feeds import FeedLine, feed_line
from tabard.web.hospital.views.messages import STATES, message, state_words
from tabard.web.hospital.views.reasons import reason_words

_PAGE = 50
_LATEST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One link."""

    feed: FeedLine
    silence_after: str
    lag: str
    connections: int
    refused_peers: int
    received: int
    counts: tuple[tuple[str, str, int], ...]
    """State, its words, and how many."""
    held: int
    arrivals: Arrivals


def show(portal: Portal, asked: Asked) -> Response:
    """The links, and the latest messages that came over them."""
    now = portal.clock()
    came = portal.journal.arrivals(begins(now), STEP)
    told = [_row(portal, feed, came.get(feed.link, {}), now) for feed in portal.links.feeds()]
    values = {
        "states": [state_words(state) for state in STATES],
        "faults": portal.links.faults(),
        "latest": tuple(map(message, portal.journal.latest(_LATEST))),
    }
    return page("links.html", 200, frame=asked.frame, links=told, **values)


def show_parked(portal: Portal, asked: Asked) -> Response:
    """The messages not filed, the newest first, a page at a time."""
    before = number(asked.request.query_params.get("before", ""))
    lines = portal.journal.parked(_PAGE + 1, before=before)
    counts = portal.journal.counts()
    told = tuple(map(message, lines[:_PAGE]))
    parked, refused = (counts.states.get(state, 0) for state in ("parked", "refused"))
    reasons = [(reason_words(reason), count) for reason, count in counts.parked_reasons.items()]
    values = {
        "messages": told,
        "doubts": {line.seq for line in lines[:_PAGE] if line.state == "parked" and portal.doubts.is_one(line.seq)},
        "older": told[-1].seq if len(lines) > _PAGE else None,
        "is_first": before is None,
        "total": parked + refused,
        "held": [(reason_words(reason), count) for reason, count in counts.held_reasons.items()],
        "reasons": reasons + ([("Refused at the door", refused)] if refused else []),
    }
    return page("parked.html", 200, frame=asked.frame, **values)


def _row(portal: Portal, feed: Feed, came: Mapping[int, int], now: datetime) -> Row:
    counts = portal.journal.counts(feed.link)
    silence = _minutes(feed.silence_after_s) + (", as it is used to" if feed.is_rhythm_learned else "")
    return Row(
        feed_line(feed, now),
        silence,
        ago(now - timedelta(seconds=feed.lag_s), now) if feed.waiting else "",
        feed.connections,
        feed.refused_peers,
        counts.received,
        tuple((state, state_words(state), counts.states.get(state, 0)) for state in STATES),
        sum(counts.held_reasons.values()),
        arrivals(came, now),
    )


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 and seconds % 60 == 0 else f"{seconds} seconds"  # noqa: PLR2004
