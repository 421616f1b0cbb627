"""Pages of a search: links that nobody could make up, good for a while, following the chart as it changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from tabard.ground.time import Clock
from tabard.sandbox.millennium.chart import Chart, Held
from tabard.sandbox.millennium.rules import RULES

LIFE_S = 300


class PageGone(Exception):  # noqa: N818  a verdict on its way to an answer; it never leaves the server
    """No such page was given out, or too long ago."""


@dataclass(slots=True)
class Listing:
    """What a search found, by id, and which version of each was shown already; `asked` is the search as it was written."""

    type: str
    asked: str
    ids: tuple[str, ...]
    size: int
    shown: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Resources to show, and the links around them: relation and query string."""

    held: tuple[Held, ...]
    links: tuple[tuple[str, str], ...]


class Paging:
    """Gives out pages and remembers where their links lead. For the server's thread."""

    def __init__(self, chart: Chart, clock: Clock, make_token: Callable[[], str]) -> None:
        self._chart = chart
        self._clock = clock
        self._make_token = make_token
        self._places: dict[tuple[str, str], tuple[Listing, int, datetime]] = {}

    def first(self, type_: str, asked: str, found: Sequence[Held], size: int) -> Page:
        """The first page of what was found. `asked` is the query string as it came."""
        listing = Listing(type_, asked, tuple(held.resource["id"] for held in found), size)
        return self._page(listing, 0, asked)

    def follow(self, type_: str, asked: str, token: str, direction: str) -> Page:
        """The page to which a link leads. Raises PageGone."""
        listing, start, until = self._places.get((token, direction), (None, 0, self._clock()))
        if listing is None or listing.type != type_ or until <= self._clock():
            raise PageGone
        return self._page(listing, start, asked)

    def _page(self, listing: Listing, start: int, asked: str) -> Page:
        """The resources as they are now: one shown before that has changed since comes again."""
        again = [id_ for id_, version in listing.shown.items() if self._version(listing.type, id_) != version]
        ids = dict.fromkeys((*again, *listing.ids[start : start + listing.size]))
        held = [one for id_ in ids if (one := self._chart.get(listing.type, id_)) is not None]
        listing.shown |= {one.resource["id"]: one.version for one in held}
        links = [("self", asked)]
        if start + listing.size < len(listing.ids):
            links.append(("next", self._link(listing, start + listing.size, "NEXT")))
        if start > 0:
            links.append(("previous", self._link(listing, start - listing.size, "PREVIOUS")))
        return Page(tuple(sorted(held, key=_no_order)), tuple(links))

    def _version(self, type_: str, id_: str) -> str | None:
        held = self._chart.get(type_, id_)
        return None if held is None else held.version

    def _link(self, listing: Listing, start: int, direction: str) -> str:
        token, until = self._make_token(), self._clock() + timedelta(seconds=LIFE_S)
        self._places = {key: place for key, place in self._places.items() if place[2] > self._clock()}
        self._places[(token, direction)] = (listing, start, until)
        context, way = RULES[listing.type].page_words
        return f"{listing.asked}&{context}={token}&{way}={direction}"


def _no_order(held: Held) -> int:
    """Within a page there is no order to rely on. Source: R4 documentation, Encounter and Observation, notes."""
    return crc32(held.resource["id"].encode())
