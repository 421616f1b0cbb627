"""Links with their state and counts, and the messages that wait for somebody."""

from dataclasses import dataclass

from starlette.responses import Response

from tabard.link import Line
from tabard.web.design.times import When, when
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.feeds import FeedLine, feed_line
from tabard.web.hospital.views.reasons import flag_words, reason_words, sentence

_STATES = ("applied", "waiting", "parked", "refused", "duplicate")
_PAGE = 50
_LATEST = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One link."""

    feed: FeedLine
    silence_after: str
    received: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the journal: what became of it and why, and what was noticed on reading it."""

    seq: int
    link: str
    received: When
    event: str
    control_id: str
    state: str
    reason: str
    detail: str
    remedy: str
    remarks: tuple[str, ...]


def show(portal: Portal, asked: Asked) -> Response:
    """The links, and the latest messages that came over them."""
    now = portal.clock()
    told = []
    for feed in portal.links.feeds():
        counts = portal.journal.counts(feed.link)
        states = tuple(counts.states.get(state, 0) for state in _STATES)
        told.append(Row(feed_line(feed, now), _minutes(feed.silence_after_s), counts.received, states))
    values = {
        "states": _STATES,
        "faults": portal.links.faults(),
        "latest": tuple(map(_message, portal.journal.latest(_LATEST))),
    }
    return page("links.html", 200, frame=asked.frame, links=tuple(told), **values)


def show_parked(portal: Portal, asked: Asked) -> Response:
    """The messages not filed, the newest first, a page at a time."""
    before = _number(asked.request.query_params.get("before", ""))
    lines = portal.journal.parked(_PAGE + 1, before=before)
    counts = portal.journal.counts()
    told = tuple(map(_message, lines[:_PAGE]))
    parked, refused = (counts.states.get(state, 0) for state in ("parked", "refused"))
    reasons = [(reason_words(reason), count) for reason, count in counts.parked_reasons.items()]
    values = {
        "messages": told,
        "older": told[-1].seq if len(lines) > _PAGE else None,
        "is_first": before is None,
        "total": parked + refused,
        "reasons": reasons + ([("Refused at the door", refused)] if refused else []),
    }
    return page("parked.html", 200, frame=asked.frame, **values)


def _message(line: Line) -> Message:
    return Message(
        seq=line.seq,
        link=line.link,
        received=when(line.received),
        event=line.event or "not readable",
        control_id=line.control_id,
        state=line.state,
        reason=reason_words(line.reason) if line.reason else "",
        detail=sentence(line.detail or ""),
        remedy=sentence(line.remedy or ""),
        remarks=tuple(map(flag_words, line.flags)),
    )


def _number(text: str) -> int | None:
    """A message's number; what is none is as if it were not asked for."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004  64 bits


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 and seconds % 60 == 0 else f"{seconds} seconds"  # noqa: PLR2004
