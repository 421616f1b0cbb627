"""Dates of a search: `ge2026-03-01`, as the stretch of time that it allows.

Source: FHIR R4, 3.1.1.4.7 (date parameters); a date without a time means that day in UTC.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tabard.ground.errors import CallerError

_SHAPE = re.compile(r"(eq|ge|gt|le|lt)?(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")
_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class BadDate(CallerError):  # noqa: N818  says what the input is
    """Not a date, a time, or one with a prefix that is known here."""


@dataclass(frozen=True, slots=True)
class Bound:
    """From `since` up to but without `until`, both aware."""

    since: datetime
    until: datetime

    def meet(self, other: "Bound") -> "Bound":
        """What both allow."""
        return Bound(max(self.since, other.since), min(self.until, other.until))

    def touches(self, start: datetime, end: datetime | None) -> bool:
        """Whether something from `start` to `end` (None: still going on) falls into it."""
        return start < self.until and (end is None or end >= self.since)


def bound(text: str) -> Bound:
    """The stretch that a date of a search allows. Raises BadDate."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise BadDate("this is not a date of a search")
    prefix, day, time = found.groups()
    start = _start(day, time)
    length = timedelta(days=1) if time is None else timedelta(milliseconds=1) if "." in time else timedelta(seconds=1)
    after = start + length
    return {
        "ge": Bound(start, _END),
        "gt": Bound(after, _END),
        "le": Bound(_BEGINNING, after),
        "lt": Bound(_BEGINNING, start),
    }.get(prefix or "eq", Bound(start, after))


def _start(day: str, time: str | None) -> datetime:
    try:
        told = datetime.fromisoformat(day + (time or ""))
    except ValueError as error:
        raise BadDate("this is not a date of a search") from error
    return told if told.tzinfo else told.replace(tzinfo=UTC)
