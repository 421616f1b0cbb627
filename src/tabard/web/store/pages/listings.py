"""The list of products that hospitals can install, and finding one in it."""

from dataclasses import dataclass

from starlette.responses import Response

from tabard.store import Listing
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Asked
from tabard.web.store.render import page
from tabard.web.store.words import ShownRecall, shown_recall

_LONGEST_QUERY = 80


@dataclass(frozen=True, slots=True)
class Row:
    """A product in the list."""

    product: str
    name: str
    summary: str
    publisher: str
    version: str
    decided: str
    recalls: tuple[ShownRecall, ...]


def show(counter: Counter, asked: Asked) -> Response:
    """The list: all of it, or what holds every word that was typed."""
    typed = asked.request.query_params.get("q", "")[:_LONGEST_QUERY].strip()
    listings = tuple(one for one in counter.store.listings() if one.versions)
    found = tuple(_row(one) for one in listings if _holds(one, typed))
    return page(
        "listings.html", frame=asked.frame, typed=typed, told=_told(len(found), len(listings), typed), listings=found
    )


def _holds(listing: Listing, typed: str) -> bool:
    who = f"{listing.product} {listing.name} {listing.publisher} {listing.publisher_name}"
    text = f"{who} {listing.summary} {listing.newest.manifest.intended_use}".casefold()
    return all(word in text for word in typed.casefold().split())


def _told(found: int, all_: int, typed: str) -> str:
    if not all_:
        return "No product is published yet."
    if not typed:
        return "1 product" if all_ == 1 else f"{all_} products"
    return f"{found} of {all_} products hold “{typed}”" if found else f"No product holds “{typed}”. Try fewer words."


def _row(listing: Listing) -> Row:
    newest = listing.newest
    until = when(newest.decision.valid_until).text
    versions = {one.package_sha256: one.version for one in listing.versions}
    recalls = tuple(shown_recall(one, versions) for one in listing.recalls)
    publisher = f"{listing.publisher_name} ({listing.publisher})"
    decided = f"Accredited until {until}."
    return Row(listing.product, listing.name, listing.summary, publisher, newest.version, decided, recalls)
