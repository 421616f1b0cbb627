"""The hour that comes twice when the clocks go back: a local time in it is read as the first, in summer time.

A move at 01:10 that comes after one at 01:50 would by that be the past, and the patient would stay in the bed just left. So
what would be the past, and need not be, is read as the second. Pure.
"""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tabard.dialect import Event
from tabard.link.encounter import Said, Visit
from tabard.link.moments import as_text, earliest


def second_reading(moment: datetime, zone: str) -> datetime | None:
    """The same time of the clock in `zone` an hour later, in UTC, where it comes twice; else None."""
    first = moment.astimezone(ZoneInfo(zone))
    second = first.replace(fold=1)
    return None if first.utcoffset() == second.utcoffset() else second.astimezone(UTC)


def in_order(visit: Visit | None, event: Event, said: Said, latest: datetime, zone: str) -> Said:
    """What is said of a visit, its times read so that they follow what is known, where that is no later than `latest`.

    `zone` is that of the sender's clock.

    An admission is left where it is: it may well come after the moves that followed it.
    """
    if visit is None or not visit.stays or event is Event.admit:
        return said
    since = visit.stays[-1].start
    end = said.end and _after(said.end, since, latest, zone)
    return replace(said, at=_after(said.at, since, latest, zone), end=end)


def _after(text: str, since: str, latest: datetime, zone: str) -> str:
    if "T" not in text or earliest(text) >= earliest(since):
        return text
    again = second_reading(datetime.fromisoformat(text), zone)
    return text if again is None or again > latest else as_text(again.astimezone(ZoneInfo(zone)))
