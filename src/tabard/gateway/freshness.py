"""How fresh the feeds are, told on every answer. Pure.

`Tabard-Feed` is a list of strings with parameters (RFC 8941 3.1): `"lorenzo";state=live;last="2026-03-01T08:30:00.000Z"`.
While the record lacks what there was before a link was opened, `;incomplete-since="..."` says so, and a warning on each search.
A feed may be live and messages about one patient be held all the same: that is told on each answer about that patient.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from tabard.fhir import operation_outcome
from tabard.gateway.ports import Feed
from tabard.ground.time import to_instant

LIVE = "live"


def feed_header(feeds: Sequence[Feed]) -> bytes:
    """The header's value; empty where no link exists."""
    told = [_told(feed.link, feed.state, feed.last_received, incomplete_since(feed)) for feed in feeds]
    return ", ".join(told).encode("ascii", "replace")


def incomplete_since(feed: Feed) -> datetime | None:
    """Since when what came by the feed is known not to be all that there is; None where it is not known so.

    A feed may be one that knows when its link was opened without all that there was before, until a person closed that.
    """
    return getattr(feed, "incomplete_since", None)  # not isinstance: asking a protocol costs more than all else here


def notices(feeds: Sequence[Feed]) -> tuple[dict[str, Any], ...]:
    """A warning for each feed that is not live, and for each by which the record is incomplete."""
    stale = tuple(_notice(feed) for feed in feeds if str(feed.state) != LIVE)
    return (*stale, *(_lacking(feed, since) for feed in feeds if (since := incomplete_since(feed)) is not None))


def waits_for(patient_id: str) -> dict[str, Any]:
    """A warning that messages about a patient are held."""
    text = (
        f"Messages about Patient/{patient_id} wait to be applied, until somebody has settled a doubt or something has "
        "passed: what is shown may not be current."
    )
    return operation_outcome("warning", "incomplete", text)


@lru_cache(maxsize=256)
def _told(link: str, state: str, last_received: datetime | None, incomplete: datetime | None) -> str:
    last = "" if last_received is None else f';last="{to_instant(last_received)}"'
    lacking = "" if incomplete is None else f';incomplete-since="{to_instant(incomplete)}"'
    return f'"{_escaped(link)}";state={state!s}{last}{lacking}'


def _lacking(feed: Feed, since: datetime) -> dict[str, Any]:
    text = (
        f"The record is incomplete since {to_instant(since)}: not all that {feed.link} held by then has been loaded. "
        "Somebody, or something of somebody, may be missing here."
    )
    return operation_outcome("warning", "incomplete", text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _notice(feed: Feed) -> dict[str, Any]:
    since = (
        "Nothing has ever come by it" if feed.last_received is None else f"Last came {to_instant(feed.last_received)}"
    )
    text = f"The feed {feed.link} is {feed.state!s}. {since}: what is shown may be out of date or missing."
    return operation_outcome("warning", "incomplete", text)
