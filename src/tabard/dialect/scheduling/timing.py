"""Timing: times that stand in a component, and how long something takes. Source: HL7 v2.4, 4.3 "TQ"; v2.5.1, 4.5.4 "TQ1"."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tabard.dialect.dates import Moment, read_moment
from tabard.dialect.extensions import source_text
from tabard.dialect.reading import Drafting, Reading
from tabard.hl7v2 import Segment

_LONGEST_MINUTES = 525_600
_DIGITS = 6


def time_of(reading: Reading, text: str, place: str) -> Moment | None:
    """The time in `text`; None and, when something is there, a flag, where it is not one."""
    if not text:
        return None
    moment = read_moment(text, reading.dialect.time_zone)
    if moment is None:
        reading.flag("bad-date", place, "YYYY[MM[DD[HHMM[SS]]]] and no impossible part")
    return moment


def put_time(reading: Reading, draft: Drafting, element: str, text: str, place: str) -> Moment | None:
    """Put a time that stands in a component; a bad one only as the sender's own text beside the element."""
    moment = time_of(reading, text, place)
    if moment is not None:
        draft.put(element, moment.text)
    elif text:
        draft.put(f"_{element}", source_text(text))
    return moment


def minutes_of(reading: Reading, segment: Segment, n: int, unit_at: int) -> int | None:
    """A duration in minutes; None and, when something is there, a flag, where it is none."""
    sent, unit = segment.field(n).text.strip(), segment.field(unit_at).text.strip()
    if not sent:
        return None
    factor = reading.dialect.scheduling.duration_units.get(unit) if unit else 1
    if factor is None:
        reading.flag("unknown-code", f"{segment.name}-{unit_at}", "a unit of time that the dialect knows")
        return None
    if not (sent.isascii() and sent.isdigit() and len(sent) <= _DIGITS and int(sent) * factor <= _LONGEST_MINUTES):
        reading.flag("bad-number", f"{segment.name}-{n}", "a number of minutes, hours or days, a year at most")
        return None
    return int(sent) * factor


def after(reading: Reading, start: datetime, minutes: int) -> str:
    """The time some minutes after `start`, an aware moment, as FHIR writes it in the sender's zone."""
    end = (start + timedelta(minutes=minutes)).astimezone(ZoneInfo(reading.dialect.time_zone))
    return end.isoformat(timespec="seconds")
