"""Dates as ranges: every FHIR date, precise or not, is the microseconds it may mean.

A range is half-open: from its first microsecond since 1970 to the first one after it. What has no time zone is read
in `ZONE`. Source: FHIR R4 3.1.1.4.7 (implicit precision ranges), 2.24.0.1 (date, dateTime, instant).
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from tabard.ground.time import to_us

Range = tuple[int, int]

ALWAYS_BEFORE = -(2**62)
"""The lower end of a period without a start."""

ALWAYS_AFTER = 2**62
"""The upper end of a period without an end."""

ZONE = ZoneInfo("Europe/London")
"""English hospitals' own time: a birthday, or a search for a day, begins at its midnight."""

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_CALENDAR_END = to_us(datetime.max.replace(tzinfo=UTC)) + 1
_DECEMBER = 12
_LEAP_SECOND = 60


def range_of(text: str) -> Range:
    """What a date, dateTime or instant may mean; minutes without seconds are allowed, as a search allows them.

    Raises ValueError (without the text) when it is none of these or no such day exists.
    """
    read = _DATE.fullmatch(text)
    if read is None:
        raise ValueError("not a FHIR date")
    year, month, day, hour, minute, second, fraction, zone = read.groups()
    if hour is not None:
        return _moment(datetime.fromisoformat(f"{year}-{month}-{day}"), hour, minute, second, fraction, zone)
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=ZONE)
    return to_us(start), _first_after(start, month, day)


def period_range(period: Any) -> Range | None:
    """What a Period may mean, open where an end is missing; None when it has neither end or an unreadable one."""
    if not isinstance(period, dict) or not ("start" in period or "end" in period):
        return None
    try:
        low = range_of(period["start"])[0] if "start" in period else ALWAYS_BEFORE
        high = range_of(period["end"])[1] if "end" in period else ALWAYS_AFTER
    except (TypeError, ValueError):
        return None
    return (low, high) if low < high else None


def _first_after(start: datetime, month: str | None, day: str | None) -> int:
    try:
        if day is not None:
            return to_us((start.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=ZONE))
        if month is not None and start.month != _DECEMBER:
            return to_us(start.replace(month=start.month + 1))
        return to_us(start.replace(year=start.year + 1, month=1))
    except (OverflowError, ValueError):
        return _CALENDAR_END


def _moment(day: datetime, hour: str, minute: str, second: str | None, fraction: str | None, zone: str | None) -> Range:
    is_leap = second is not None and int(second) == _LEAP_SECOND
    clock = day.replace(hour=int(hour), minute=int(minute), second=59 if is_leap else int(second or 0))
    low = to_us(clock.replace(tzinfo=_zone(zone))) + is_leap * 1_000_000
    if second is None:
        return low, low + 60_000_000
    if fraction is None:
        return low, low + 1_000_000
    width = max(10 ** (6 - len(fraction)), 1) if len(fraction) <= 6 else 1  # noqa: PLR2004  digits of a microsecond
    low += int(fraction[:6].ljust(6, "0"))
    return low, low + width


def _zone(text: str | None) -> timezone | ZoneInfo:
    if text is None:
        return ZONE
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)
