"""By what products are judged, and which published products a framework asks something new of, with the day by which."""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from tabard.accreditation import Framework, all_frameworks, product_class
from tabard.accreditation.frameworks import Affected, Judged, affected
from tabard.store import Listing
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.render import page


@dataclass(frozen=True, slots=True)
class ShownAffected:
    """A published version of which a framework asks something that its decision was not made by."""

    product: str
    version: str
    by: str
    is_overdue: bool
    counted: str
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownFramework:
    """One framework in one version, with the products that it affects."""

    id: str
    title: str
    version: str
    state: str
    colour: str
    since: str
    grace_days: int
    criteria: int
    sha256: str
    told: tuple[str, ...]
    affected: tuple[ShownAffected, ...]


def show(counter: Counter, asked: Judging) -> Response:
    """The frameworks, the newest of each first, with whom each affects."""
    shelf = all_frameworks()
    judged = tuple(_judged(one) for one in counter.store.listings() if one.versions)
    shown = tuple(
        _shown(one, affected(judged, one, shelf), counter.today) for one in shelf if _is_to_come(one, counter.today)
    )
    return page("frameworks.html", frame=asked.frame, frameworks=shown, products=len(judged))


def _is_to_come(one: Framework, today: date) -> bool:
    """Whether products are judged by it today, or will be."""
    return one.until is None or today < one.until


def _judged(listing: Listing) -> Judged:
    """The newest published version, and what its decision was made by."""
    newest = listing.newest
    by = tuple((one.id, one.sha256) for one in newest.decision.frameworks)
    return Judged(listing.product, newest.version, product_class(newest.manifest), by)


def _shown(one: Framework, found: tuple[Affected, ...], today: date) -> ShownFramework:
    is_now = one.is_in_force(today)
    until = f" until {one.until:%d-%b-%Y}" if one.until else ""
    return ShownFramework(
        id=one.id,
        title=one.title,
        version=one.version,
        state="In force" if is_now else "To come",
        colour="green" if is_now else "blue",
        since=f"{one.effective:%d-%b-%Y}{until}",
        grace_days=one.grace_days,
        criteria=len(one.criteria),
        sha256=one.sha256,
        told=one.told,
        affected=tuple(_affected(each, today) for each in found),
    )


def _affected(one: Affected, today: date) -> ShownAffected:
    number = len(one.differences)
    asks = tuple(f"{each.number} {each.now.title} ({each.change})" for each in one.differences if each.now)
    counted = f"{number} criteri{'on' if number == 1 else 'a'}"
    return ShownAffected(one.product, one.version, f"{one.by:%d-%b-%Y}", one.is_overdue(today), counted, asks)
