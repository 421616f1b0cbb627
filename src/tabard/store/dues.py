"""Conditions that are due or overdue, over all that is published: nobody has to open each case to find them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from tabard.accreditation import Case, Status
from tabard.decision import Condition
from tabard.ground.time import Clock
from tabard.store.cases import Cases

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Due:
    """A condition of a published or suspended version that nobody has seen met, and whose day is past or near."""

    case: str
    name: str
    version: str
    publisher: str
    condition: Condition
    due: date
    is_overdue: bool


class Dues(NamedTuple):
    """Looks through all that is published."""

    cases: Cases
    clock: Clock

    def all(self, within: timedelta = SOON) -> tuple[Due, ...]:
        """What is overdue or due within that time, the oldest day first."""
        today = self.clock().date()
        found = (
            Due(one.case.id, one.manifest.name, one.case.version, one.case.publisher, each, day, day < today)
            for one in self.cases.of(Status.published, Status.suspended)
            for each, day in _open(one.case)
            if day <= today + within
        )
        return tuple(sorted(found, key=lambda one: (one.due, one.name, one.version, one.condition.id)))


def _open(case: Case) -> list[tuple[Condition, date]]:
    """The conditions with a day that nobody has seen met."""
    met = {one.condition for one in case.work_off if one.met_at is not None}
    return [(one, one.due) for one in case.conditions if one.due is not None and one.id not in met]
