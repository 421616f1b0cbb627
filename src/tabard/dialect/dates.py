"""Dates and times: an HL7 TS in the sender's own time zone becomes a FHIR date or dateTime, or nothing at all.

The precision stays: a year stays a year, a day a day. Nothing is repaired: month 13 gives no date. A local time that
happens twice, when the clocks go back, is taken as the first, in summer time.
Source: HL7 v2.4, 2.9.47 "TS - time stamp"; FHIR R4, 2.24.0.1 (date, dateTime).
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

_SHAPE = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d\d)(?:(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:\.(?P<part>\d{1,4}))?)?)?)?)?(?P<offset>[+-]\d{4})?",
    re.ASCII,
)
_HOURS_OF_AN_OFFSET = 14
_MINUTES_OF_AN_HOUR = 60
_SECONDS_OF_A_MINUTE = 60


class Moment(NamedTuple):
    """A time as FHIR writes it, and the moment itself in UTC where a time of day was sent."""

    text: str
    at: datetime | None

    @property
    def day(self) -> str:
        """The date, without any time of day."""
        return self.text[:10]


def read_moment(raw: str, zone: str) -> Moment | None:
    """The moment in `raw`, a text that is not empty; None when it is not one."""
    shape = _SHAPE.fullmatch(raw)
    if shape is None:
        return None
    try:
        return _timed(shape, zone) if shape["hour"] else _dated(*shape.group("year", "month", "day"))
    except (ValueError, OverflowError):
        return None


def _dated(year: str, month: str | None, day: str | None) -> Moment:
    date(int(year), int(month or 1), int(day or 1))
    return Moment("-".join([part for part in (year, month, day) if part]), None)


def _timed(shape: re.Match[str], zone: str) -> Moment:
    year, month, day, hour, minute, second, part, offset_sent = shape.groups()
    micros = int(part.ljust(6, "0")) if part else 0
    local = datetime(
        int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros, _zone(offset_sent, zone)
    )
    offset = local.utcoffset()
    if offset is None or offset.seconds % _SECONDS_OF_A_MINUTE:  # before standard time, zones were not whole minutes
        raise ValueError("an offset that FHIR cannot write")
    return Moment(local.isoformat(timespec="milliseconds" if micros else "seconds"), local.astimezone(UTC))


def _zone(offset: str | None, zone: str) -> tzinfo:
    if offset is None:
        return ZoneInfo(zone)
    hours, minutes = int(offset[1:3]), int(offset[3:])
    if hours > _HOURS_OF_AN_OFFSET or minutes >= _MINUTES_OF_AN_HOUR:
        raise ValueError("no offset of this earth")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if offset[0] == "-" else ahead)
