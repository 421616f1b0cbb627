"""Links with their state and counts, and the messages that wait for somebody."""

from dataclasses import dataclass

from starlette.responses import Response

from tabard.web.hospital.guard import Asked
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.times import When, when
from tabard.web.hospital.views.feeds import FeedLine, feed_line
from tabard.web.hospital.views.reasons import reason_words

_STATES = ("applied", "waiting", "parked", "refused", "duplicate")
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One link."""

    feed: FeedLine
    last: When | None
    silence_after: str
    received: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Parked:
    """One message that was not filed."""

    seq: int
    link: str
    received: When
    event: str
    control_id: str
    is_refused: bool
    reason: str
    detail: str
    remedy: str


def show(portal: Portal, asked: Asked) -> Response:
    """The links."""
    now = portal.clock()
    told = []
    for feed in portal.links.feeds():
        counts = portal.journal.counts(feed.link)
        last = when(feed.last_received) if feed.last_received else None
        states = tuple(counts.states.get(state, 0) for state in _STATES)
        told.append(Row(feed_line(feed, now), last, _minutes(feed.silence_after_s), counts.received, states))
    return page("links.html", frame=asked.frame, links=tuple(told), states=_STATES, faults=portal.links.faults())


def show_parked(portal: Portal, asked: Asked) -> Response:
    """The messages not filed, the newest first, a page at a time."""
    before = _number(asked.request.query_params.get("before", ""))
    lines = portal.journal.parked(_PAGE + 1, before=before)
    counts = portal.journal.counts()
    told = tuple(
        Parked(
            seq=one.seq,
            link=one.link,
            received=when(one.received),
            event=one.event or "not readable",
            control_id=one.control_id,
            is_refused=one.state == "refused",
            reason=reason_words(one.reason or ""),
            detail=one.detail or "",
            remedy=one.remedy or "",
        )
        for one in lines[:_PAGE]
    )
    values = {
        "messages": told,
        "older": told[-1].seq if len(lines) > _PAGE else None,
        "is_first": before is None,
        "total": counts.states.get("parked", 0) + counts.states.get("refused", 0),
        "reasons": tuple((reason_words(reason), count) for reason, count in counts.parked_reasons.items()),
    }
    return page("parked.html", 200, frame=asked.frame, **values)


def _number(text: str) -> int | None:
    """A message's number; what is none is as if it were not asked for."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004  64 bits


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 and seconds % 60 == 0 else f"{seconds} seconds"  # noqa: PLR2004
