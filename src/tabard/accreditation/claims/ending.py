"""Evidence that ends: of what something rests on, what stands no more, or soon will not, and what was put in its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tabard.accreditation.claims.evidence import Evidence
from tabard.accreditation.claims.ledger import Entry, Ledger, standing

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Ending:
    """An item that does not stand, or will not for long; `why` says so, and `ends` is the first day without it.

    `criteria` are those for which nothing stands in its place yet.
    """

    evidence: Evidence
    ends: date
    why: str
    criteria: tuple[str, ...]


def ending(
    ledger: Ledger, product: str, rests_on: Iterable[str], on: date, within: timedelta = SOON
) -> tuple[Ending, ...]:
    """What ends `within` so long of that on which a product rests, the soonest first.

    `rests_on` are SHA-256. An item in whose place another stands beyond that time, for the same criteria, is not told: so a
    criterion stands again as soon as its evidence is replaced. Pure.
    """
    named, lines = frozenset(rests_on), {id_: one for one in ledger.entries for id_ in one.instead_of}
    items = [one.evidence for one in ledger.entries if one.evidence and one.evidence.sha256 in named]
    served = _served(ledger, product, on, within)
    found = (
        _ending(one, lines.get(one.id), served.get(one.sha256, set()), on, within)
        for one in items
        if one.for_product in (None, product)
    )
    told = [one for one in found if one is not None]
    return tuple(sorted(told, key=lambda one: (one.ends, one.evidence.id)))


def _served(ledger: Ledger, product: str, on: date, within: timedelta) -> dict[str, set[str]]:
    """The criteria that are served beyond that time, by the SHA-256 of what stands and of all in whose place it does."""
    served: dict[str, set[str]] = {}
    for each in {one.evidence.organisation for one in ledger.entries if one.evidence}:
        for one in standing(ledger, on, organisation=each, product=product):
            if one.why_not(on + within) is None:
                for digest in (one.sha256, *one.follows):
                    served.setdefault(digest, set()).update(one.serves)
    return served


def _ending(item: Evidence, line: Entry | None, served: set[str], on: date, within: timedelta) -> Ending | None:
    """What is to be told of an item; `line` is that by which it was superseded or withdrawn."""
    left = tuple(one for one in item.serves if one not in served)
    if not left:
        return None
    if line is not None:
        why = f"it was replaced by {line.evidence.id}" if line.evidence else f"it was withdrawn: {line.reason}"
        return Ending(item, line.at.date(), why, left)
    if why_not := item.why_not(on):
        return Ending(item, item.ends or on, why_not, left)
    ends = item.ends
    return Ending(item, ends, f"it ends on {ends}", left) if ends and ends <= on + within else None
