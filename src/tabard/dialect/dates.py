"""Dates and times: an HL7 TS in the sender's own time zone becomes a FHIR date or dateTime, or nothing at all.

The precision stays: a year stays a year, a day a day. Nothing is repaired: month 13 gives no date. A local time that
happens twice, when the clocks go back, is taken as the first, in summer time.
Source: HL7 v2.4, 2.9.47 "TS - time stamp"; FHIR R4, 2.24.0.1 (date, dateTime).
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

_SHAPE = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d\d)(?:(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:\.(?P<part>\d{1,4}))?)?)?)?)?(?P<offset>[+-]\d{4})?",
    re.ASCII,
)
_PLAIN = frozenset({12, 14})
"""The lengths of a time to the minute, and to the second, without an offset."""
_DAY = 8
"""The length of a date."""

_HOURS_OF_AN_OFFSET = 14
_MINUTES_OF_AN_HOUR = 60
_SECONDS_OF_A_MINUTE = 60
_AFTER_MINUTE = {f"{n:02}": timedelta(minutes=n) for n in range(_MINUTES_OF_AN_HOUR)}
_AFTER_SECOND = {f"{n:02}": timedelta(seconds=n) for n in range(_SECONDS_OF_A_MINUTE)}


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A time as FHIR writes it, and the moment itself in UTC where a time of day was sent."""

    text: str
    at: datetime | None

    @property
    def day(self) -> str:
        """The date, without any time of day."""
        return self.text[:10]


@lru_cache(maxsize=8192)
def read_moment(raw: str, zone: str) -> Moment | None:
    """The moment in `raw`, a text that is not empty; None when it is not one.

    The times of a feed come again and again: those of a visit and of its patient with every message about them.
    """
    try:
        if raw.isdigit() and raw.isascii():  # most times: no need to look for more
            if len(raw) == _DAY:
                return _dated(raw[:4], raw[4:6], raw[6:])
            if len(raw) in _PLAIN and (hour := _hour(raw[:10], zone)) is not None:
                return _within(hour, raw[10:12], raw[12:] or "00")
        shape = _SHAPE.fullmatch(raw)
        if shape is None:
            return None
        return _timed(shape.groups(), zone) if shape["hour"] else _dated(*shape.group("year", "month", "day"))
    except (ValueError, OverflowError, KeyError):
        return None


class _Hour(msgspec.Struct, frozen=True, gc=False):
    """An hour that the clocks do not change in: how its times begin and end in FHIR, and when it began, in UTC."""

    begins: str
    ends: str
    at: datetime


@lru_cache(maxsize=2048)
def _hour(raw: str, zone: str) -> _Hour | None:
    """The hour of ten digits: that of many a time, for what a feed tells of is mostly of today. None where the clocks change."""
    text, place = f"{raw[:4]}-{raw[4:6]}-{raw[6:8]}T{raw[8:]}", _zone(None, zone)
    first = datetime(int(raw[:4]), int(raw[4:6]), int(raw[6:8]), int(raw[8:]), tzinfo=place)
    offset = first.utcoffset()
    if (
        offset is None
        or offset.seconds % _SECONDS_OF_A_MINUTE
        or first.replace(minute=59, second=59).utcoffset() != offset
    ):
        return None
    return _Hour(text, _written(offset), first.replace(tzinfo=UTC) - offset)


def _within(hour: _Hour, minute: str, second: str) -> Moment:
    """The moment; raises KeyError for what is no minute or second of an hour."""
    at = hour.at + _AFTER_MINUTE[minute] + _AFTER_SECOND[second]
    return Moment(f"{hour.begins}:{minute}:{second}{hour.ends}", at)


def _dated(year: str, month: str | None, day: str | None) -> Moment:
    date(int(year), int(month or 1), int(day or 1))
    if day:
        return Moment(f"{year}-{month}-{day}", None)
    return Moment(f"{year}-{month}" if month else year, None)


def _timed(parts: tuple[str | Any, ...], zone: str) -> Moment:
    """The moment of the parts that the shape names, in its order."""
    year, month, day, hour, minute, second, part, offset_sent = parts
    micros = int(part.ljust(6, "0")) if part else 0
    told = (int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros)
    offset = datetime(*told, tzinfo=_zone(offset_sent, zone)).utcoffset()
    if offset is None or offset.seconds % _SECONDS_OF_A_MINUTE:  # before standard time, zones were not whole minutes
        raise ValueError("an offset that FHIR cannot write")
    fraction = f".{part.ljust(3, '0')[:3]}" if part and micros else ""
    text = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{fraction}{_written(offset)}"
    return Moment(text, datetime(*told, tzinfo=UTC) - offset)


@lru_cache(maxsize=256)
def _written(offset: timedelta) -> str:
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), _MINUTES_OF_AN_HOUR)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


@lru_cache(maxsize=256)
def _zone(offset: str | None, zone: str) -> tzinfo:
    if offset is None:
        return ZoneInfo(zone)
    hours, minutes = int(offset[1:3]), int(offset[3:])
    if hours > _HOURS_OF_AN_OFFSET or minutes >= _MINUTES_OF_AN_HOUR:
        raise ValueError("no offset of this earth")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if offset[0] == "-" else ahead)
