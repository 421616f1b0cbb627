"""Conditions of makers that are past their day: told to whoever judges, and in the case's log. What follows is people's act."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tabard.accreditation import Milestone, Status, overdue
from tabard.decision import Condition, Owner
from tabard.ground.time import Clock
from tabard.store.cases import Cases, Kept, Told
from tabard.store.model import Happening
from tabard.store.publishers import Publishers

AGAIN = timedelta(days=14)
"""A condition that stays open is told again in the case's log after so long."""

KIND = "overdue"
_NEXT = (
    "Its maker answers for it: ask how it stands, see it met (tabard accredit condition CASE --met), or suspend the version "
    "(tabard accredit suspend CASE). Nothing is suspended by itself."
)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A maker's condition that is open past its day, by how many days; `reminded` is when the case's log said so last."""

    case: str
    product: str
    version: str
    publisher: str
    publisher_name: str
    status: str
    condition: Condition
    days_late: int
    plan: tuple[Milestone, ...]
    reminded: datetime | None
    next_step: str = _NEXT


class Overdues(NamedTuple):
    """What is overdue at this store."""

    cases: Cases
    publishers: Publishers
    clock: Clock

    def all(self, now: datetime) -> tuple[Overdue, ...]:
        """Every maker's condition that is overdue on that day, of what is published or suspended; the longest open first."""
        names = {ods: one.name for ods, one in self.publishers.all().items()}
        found = [
            self._told(kept, condition, now.date(), names)
            for kept in self.cases.of(Status.published, Status.suspended)
            for condition in overdue(kept.case, now.date())
            if condition.owner is Owner.maker
        ]
        return tuple(sorted(found, key=lambda one: (-one.days_late, one.product, one.version, one.condition.id)))

    def remind(self) -> bool:
        """Write a line in the log of each case where none was written lately; whether there was any."""
        now = self.clock()
        due = [one for one in self.all(now) if one.reminded is None or now >= one.reminded + AGAIN]
        for one in due:
            words = f"{one.condition.id}: {one.condition.text} It was due by {one.condition.due}, {one.days_late} day(s) ago."
            self.cases.tell(one.case, Told(KIND, "the store", words))
        return bool(due)

    def _told(self, kept: Kept, condition: Condition, today: date, names: dict[str, str]) -> Overdue:
        case = kept.case
        plan = next((one.plan for one in case.work_off if one.condition == condition.id), ())
        return Overdue(
            case=case.id,
            product=case.product,
            version=case.version,
            publisher=case.publisher,
            publisher_name=names.get(case.publisher, case.publisher),
            status=case.status,
            condition=condition,
            days_late=(today - condition.due).days if condition.due else 0,
            plan=plan,
            reminded=_reminded(self.cases.happened(case.id), condition),
        )


def _reminded(happened: tuple[Happening, ...], condition: Condition) -> datetime | None:
    told = (one.at for one in happened if one.kind == KIND and one.words.startswith(f"{condition.id}: "))
    return max(told, default=None)
