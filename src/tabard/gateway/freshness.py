"""How fresh the feeds are, told on every answer. Pure.

`Tabard-Feed` is a list of strings with parameters (RFC 8941 3.1): `"lorenzo";state=live;last="2026-03-01T08:30:00.000Z"`.
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
    return ", ".join([_told(feed.link, feed.state, feed.last_received) for feed in feeds]).encode("ascii", "replace")


def notices(feeds: Sequence[Feed]) -> tuple[dict[str, Any], ...]:
    """A warning for each feed that is not live: what a search shows may be out of date."""
    return tuple(_notice(feed) for feed in feeds if str(feed.state) != LIVE)


@lru_cache(maxsize=256)
def _told(link: str, state: str, last_received: datetime | None) -> str:
    last = "" if last_received is None else f';last="{to_instant(last_received)}"'
    return f'"{_escaped(link)}";state={state!s}{last}'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _notice(feed: Feed) -> dict[str, Any]:
    since = (
        "Nothing has ever come by it" if feed.last_received is None else f"Last came {to_instant(feed.last_received)}"
    )
    text = f"The feed {feed.link} is {feed.state!s}. {since}: what is shown may be out of date or missing."
    return operation_outcome("warning", "incomplete", text)
