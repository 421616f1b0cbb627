"""When a message was told, by its sender's clock (MSH-7) held against our own. Pure.

No message is told after it came: where MSH-7 says so, the sender's clock is ahead, and the time of arrival counts. A time
in the hour that comes twice when the clocks go back is the second one, where it came late enough to be that.
"""

from datetime import datetime, timedelta

from tabard.dialect import read_moment
from tabard.link.repeated_hour import second_reading

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far two clocks may be apart without anything being made of it."""

_TIME_OF_DAY = 8
"""MSH-7 begins with a date of so many digits; a sign after them begins an offset."""


def is_ahead(moment: datetime, told: datetime) -> bool:
    """Whether a moment lies after the time at which it was told."""
    return moment - told > CLOCKS_DIFFER


def told_at(sent: str, zone: str, received: datetime) -> datetime:
    """When a message was told: `sent` is its MSH-7, read in `zone`, and `received` when it came."""
    moment = read_moment(sent, zone) if sent else None
    if moment is None or moment.at is None or is_ahead(moment.at, received):
        return received
    again = None if _has_offset(sent) else second_reading(moment.at, zone)
    return moment.at if again is None or is_ahead(again, received) else again


def recorded_at(recorded: datetime | None, told: datetime, received: datetime) -> datetime:
    """When what a message tells was recorded (EVN-2), as far as it can be true; where it does not say, when it was told."""
    if recorded is None:
        return told
    return received if is_ahead(recorded, received) else recorded


def recorded_again(recorded: datetime | None, raw: str, zone: str, received: datetime) -> datetime | None:
    """The other time that `recorded`, read from `raw` in `zone`, may be: in the hour that comes twice, where it came late enough."""
    again = None if recorded is None or _has_offset(raw) else second_reading(recorded, zone)
    return None if again is None or is_ahead(again, received) else again


def _has_offset(sent: str) -> bool:
    return "+" in sent[_TIME_OF_DAY:] or "-" in sent[_TIME_OF_DAY:]
