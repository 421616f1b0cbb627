"""Evidence that ends: of what something rests on, what stands no more, or soon will not, and what was put in its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tabard.accreditation.claims.evidence import Evidence
from tabard.accreditation.claims.ledger import Ledger, standing

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
    named = frozenset(rests_on)
    items = [one.evidence for one in ledger.entries if one.evidence and one.evidence.sha256 in named]
    lasting = _lasting(ledger, product, on, within)
    found = (_ending(ledger, one, lasting, on, within) for one in items if one.for_product in (None, product))
    told = [one for one in found if one is not None]
    return tuple(sorted(told, key=lambda one: (one.ends, one.evidence.id)))


def _lasting(ledger: Ledger, product: str, on: date, within: timedelta) -> tuple[Evidence, ...]:
    """What stands now and still will when that time is over."""
    organisations = {one.evidence.organisation for one in ledger.entries if one.evidence}
    now = (one for each in organisations for one in standing(ledger, on, organisation=each, product=product))
    return tuple(one for one in now if one.why_not(on + within) is None)


def _ending(
    ledger: Ledger, item: Evidence, lasting: tuple[Evidence, ...], on: date, within: timedelta
) -> Ending | None:
    instead = [one for one in lasting if item.sha256 in (one.sha256, *one.follows)]
    served = {each for one in instead for each in one.serves}
    left = tuple(one for one in item.serves if one not in served)
    if not left:
        return None
    line = next((one for one in ledger.entries if item.id in one.instead_of), None)
    if line is not None and line.evidence is None:
        return Ending(item, line.at.date(), f"it was withdrawn: {line.reason}", left)
    if line is not None:
        return Ending(item, line.at.date(), f"it was replaced by {line.evidence.id}", left) if line.evidence else None
    if why := item.why_not(on):
        return Ending(item, item.ends or on, why, left)
    ends = item.ends
    return Ending(item, ends, f"it ends on {ends}", left) if ends and ends <= on + within else None
