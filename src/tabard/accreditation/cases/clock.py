"""The service clock: how many working days a case has used of those it may take; it stands while the maker has to act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tabard.accreditation.cases.model import Case, Status

SERVICE_DAYS: Mapping[int, int] = MappingProxyType({0: 10, 1: 15, 2: 30, 3: 40})
"""Working days until a decision, by class of product."""

_RUNS = frozenset({Status.submitted, Status.checking, Status.in_review, Status.signing})
_ENGLAND = ZoneInfo("Europe/London")
_DAY = timedelta(days=1)
_FRIDAY, _WEEK = 4, 7


@dataclass(frozen=True, slots=True)
class Service:
    """Working days used, of how many, whether the clock runs now, and whether the time is over."""

    used_days: int
    of_days: int
    is_running: bool

    @property
    def is_over(self) -> bool:
        """Whether more days were used than there are."""
        return self.used_days > self.of_days


def service(case: Case, now: datetime) -> Service:
    """What the clock of the case shows. The day on which it starts to run is not counted, the day on which it stops is."""
    ends = [one.at for one in case.moves[1:]] + [now]
    used = {
        day
        for moved, end in zip(case.moves, ends, strict=True)
        if moved.status in _RUNS
        for day in working_days(moved.at, end)
    }
    return Service(len(used), SERVICE_DAYS[case.product_class], case.status in _RUNS)


def working_days(begin: datetime, end: datetime) -> tuple[date, ...]:
    """The working days in England after the day of `begin`, up to and with the day of `end`."""
    day, last = (moment.astimezone(_ENGLAND).date() for moment in (begin, end))
    found = []
    while day < last:
        day += _DAY
        if day.weekday() <= _FRIDAY and day not in bank_holidays(day.year):
            found.append(day)
    return tuple(found)


def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales in that year; days proclaimed for one year alone are not among them.

    Source: Banking and Financial Dealings Act 1971, schedule 1; days that have been proclaimed each year since 1978.
    """
    easter = _easter(year)
    may, spring, summer = _monday(date(year, 5, 1)), _monday(date(year, 5, 25)), _monday(date(year, 8, 25))
    new_year = _next_working(date(year, 1, 1))
    christmas = _next_working(date(year, 12, 25))
    boxing = _next_working(max(date(year, 12, 26), christmas + _DAY))
    if (
        date(year, 12, 25).weekday() == _FRIDAY + 2
    ):  # Christmas on a Sunday: Monday is Boxing Day, Tuesday stands for Christmas
        christmas, boxing = date(year, 12, 27), date(year, 12, 26)
    return frozenset({new_year, easter - 2 * _DAY, easter + _DAY, may, spring, summer, christmas, boxing})


def _next_working(day: date) -> date:
    while day.weekday() > _FRIDAY:
        day += _DAY
    return day


def _monday(first: date) -> date:
    """The first Monday on or after that day."""
    return first + timedelta(days=-first.weekday() % _WEEK)


def _easter(year: int) -> date:
    """Easter Sunday. Source: the Gregorian computus as Meeus gives it (Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
