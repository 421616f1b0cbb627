"""Conditions that are due soon or overdue, over all that is published: told to whoever judges, and in the case's log.

Nobody has to open each case to find them. What follows is people's act: nothing is suspended by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tabard.accreditation import Milestone, Status, overdue
from tabard.decision import Condition, Owner
from tabard.ground.time import Clock
from tabard.store.cases import Cases, Kept, Told
from tabard.store.model import Happening
from tabard.store.publishers import Publishers

SOON = timedelta(days=30)
AGAIN = timedelta(days=14)
"""A condition that stays open is told again in the case's log after so long."""

KIND = "overdue"
_NEXT = (
    "Its maker answers for it: ask how it stands, see it met (tabard accredit condition CASE --met), or suspend the version "
    "(tabard accredit suspend CASE). Nothing is suspended by itself."
)


@dataclass(frozen=True, slots=True)
class Due:
    """A condition of a published or suspended version that nobody has seen met, and whose day is past or near.

    `days_late` is 0 or less while its day is not past; `plan` is the maker's; `reminded` is when the case's log said last
    that it is overdue; `next_step` is "" where nothing is the matter yet, or it is no maker's to do.
    """

    case: str
    product: str
    name: str
    version: str
    publisher: str
    publisher_name: str
    status: str
    condition: Condition
    due: date
    days_late: int
    plan: tuple[Milestone, ...]
    reminded: datetime | None
    next_step: str

    @property
    def is_overdue(self) -> bool:
        """Whether its day is past."""
        return self.days_late > 0


class Dues(NamedTuple):
    """Looks through all that is published or suspended."""

    cases: Cases
    publishers: Publishers
    clock: Clock

    def all(self, within: timedelta = SOON, now: datetime | None = None) -> tuple[Due, ...]:
        """What is overdue or due within that time, the oldest day first."""
        today = (now or self.clock()).date()
        names = {ods: one.name for ods, one in self.publishers.all().items()}
        kept = self.cases.of(Status.published, Status.suspended)
        found = (one for each in kept for one in self._of(each, today, within, names))
        return tuple(sorted(found, key=lambda one: (one.due, one.product, one.version, one.condition.id)))

    def overdue(self, now: datetime | None = None) -> tuple[Due, ...]:
        """The makers' conditions that are past their day, the longest open first."""
        return tuple(
            one for one in self.all(timedelta(0), now) if one.is_overdue and one.condition.owner is Owner.maker
        )

    def remind(self) -> bool:
        """Write a line in the log of each case where none was written lately; whether there was any."""
        now = self.clock()
        due = [one for one in self.overdue(now) if one.reminded is None or now >= one.reminded + AGAIN]
        for one in due:
            words = f"{one.condition.id}: {one.condition.text} It was due by {one.due}, {one.days_late} day(s) ago."
            self.cases.tell(one.case, Told(KIND, "the store", words))
        return bool(due)

    def _of(self, kept: Kept, today: date, within: timedelta, names: dict[str, str]) -> Iterator[Due]:
        """Those of one case."""
        case = kept.case
        plans = {one.condition: one.plan for one in case.work_off}
        near = overdue(case, today + within + timedelta(days=1))
        happened = self.cases.happened(case.id) if near else ()
        for condition in near:
            due = condition.due or today
            is_makers = condition.owner is Owner.maker
            yield Due(
                case=case.id,
                product=case.product,
                name=kept.manifest.name,
                version=case.version,
                publisher=case.publisher,
                publisher_name=names.get(case.publisher, case.publisher),
                status=case.status,
                condition=condition,
                due=due,
                days_late=(today - due).days,
                plan=plans.get(condition.id, ()),
                reminded=_reminded(happened, condition),
                next_step=_NEXT if is_makers and due < today else "",
            )


def _reminded(happened: tuple[Happening, ...], condition: Condition) -> datetime | None:
    told = (one.at for one in happened if one.kind == KIND and one.words.startswith(f"{condition.id}: "))
    return max(told, default=None)
