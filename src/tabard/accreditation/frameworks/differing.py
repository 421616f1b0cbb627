"""What a new version of a framework changes, which products it touches, and until when each may go on as it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from tabard.accreditation.frameworks.choosing import why_not
from tabard.accreditation.frameworks.classes import Classed, ProductClass
from tabard.accreditation.frameworks.errors import OtherFamily
from tabard.accreditation.frameworks.model import Bearer, Criterion, Framework, Level, Trait


class Change(StrEnum):
    """What became of a criterion."""

    added = "added"
    removed = "removed"
    changed = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion that differs; `what` names its fields that changed. `was` is None where it is new, `now` where it is gone."""

    number: str
    change: Change
    was: Criterion | None
    now: Criterion | None
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A version of a product that a decision stands for: its class, and by which frameworks, as (id, SHA-256)."""

    product: str
    version: str
    classed: Classed
    by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """A product that a new version of a framework asks something else of, and the day by which that must be answered."""

    product: str
    version: str
    framework: str
    differences: tuple[Difference, ...]
    by: date

    def is_overdue(self, on: date) -> bool:
        """Whether the days of grace are over."""
        return on > self.by


def differences(old: Framework, new: Framework) -> tuple[Difference, ...]:
    """What differs between two versions of a framework, in the order of the new one, what is gone at the end.

    Criteria are known by their numbers. Raises OtherFamily where they are not of one family.
    """
    if old.family != new.family:
        raise OtherFamily("two versions of one framework can be compared", expected=old.family, got=new.family)
    was = {one.number: one for one in old.criteria}
    now = {one.number: one for one in new.criteria}
    there = [_compared(was.get(number), one) for number, one in now.items()]
    gone = [Difference(number, Change.removed, one, None) for number, one in was.items() if number not in now]
    return tuple(one for one in (*there, *gone) if one is not None)


def affected(products: Iterable[Judged], new: Framework, versions: Iterable[Framework]) -> tuple[Affected, ...]:
    """The products of which `new` asks something that they were not judged by, each with its day.

    `versions` are the frameworks known, by which it is found what they were judged by; where that is not among them, or
    its digest is another, everything that `new` asks of the product stands open.
    """
    known = {(one.id, one.sha256): one for one in versions if one.family == new.family}
    return tuple(_affected(products, new, known))


def _affected(
    products: Iterable[Judged], new: Framework, known: dict[tuple[str, str], Framework]
) -> Iterator[Affected]:
    pin, by = (new.id, new.sha256), new.effective + timedelta(days=new.grace_days)
    changed: dict[tuple[str, str] | None, tuple[Difference, ...]] = {None: _all_of(new)}
    changed |= {each: differences(old, new) for each, old in known.items()}

    @cache  # a store has many products and few kinds of them
    def asked(key: tuple[str, str] | None, value: int, traits: frozenset[Trait]) -> tuple[Difference, ...]:
        classed = Classed(ProductClass(value), (), traits)
        return tuple(one for one in changed[key] if one.now and _is_asked(one.now, classed))

    for product in products:
        if pin not in product.by:
            key = next((one for one in product.by if one in changed), None)
            if found := asked(key, product.classed.value, product.classed.traits):
                yield Affected(product.product, product.version, new.id, found, by)


def _all_of(new: Framework) -> tuple[Difference, ...]:
    return tuple(Difference(one.number, Change.added, None, one) for one in new.criteria)


def _is_asked(one: Criterion, classed: Classed) -> bool:
    return one.owner is Bearer.maker and one.level is not Level.context and why_not(one, classed) is None


def _compared(was: Criterion | None, now: Criterion) -> Difference | None:
    if was is None:
        return Difference(now.number, Change.added, None, now)
    names = [field.name for field in fields(Criterion) if field.name not in ("id", "section")]
    what = tuple(name for name in names if getattr(was, name) != getattr(now, name))
    return Difference(now.number, Change.changed, was, now, what) if what else None
