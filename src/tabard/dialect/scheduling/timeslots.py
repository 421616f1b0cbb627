"""Time slots: when an appointment is, by SCH-11 or TQ1, else by what is booked for it (AIS, AIP, AIL, AIG).

Source: HL7 v2.4, 10.6.1.11 "appointment timing quantity", 10.6.4 to 10.6.7; FHIR R4, Appointment.start (an instant).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from tabard.dialect.dates import Moment
from tabard.dialect.extensions import source_text
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.scheduling.timing import after, minutes_of, time_of
from tabard.hl7v2 import Segment

_TIMING, _DURATION, _UNITS = 11, 9, 10
_BOOKED = {"AIS": (4, 7, 8), "AIP": (6, 9, 10), "AIL": (6, 9, 10), "AIG": (8, 11, 12)}
"""Of each segment the fields with the start, the duration and its unit; those that come first are asked first."""


class _Sent(NamedTuple):
    """A time as it was sent: its place and its text."""

    place: str
    text: str


_NOTHING = _Sent("", "")


class _Slot(NamedTuple):
    """When something is booked, and until when where that is told."""

    sent: _Sent
    start: datetime
    end: str | None


def put_times(reading: Reading, draft: Drafting, sch: Segment) -> None:
    """Put start, end and minutes; what is only a day is asked for, and not yet a time."""
    minutes = minutes_of(reading, sch, _DURATION, _UNITS)
    start, end = _asked(reading, sch)
    until = None
    if not start.text:
        start, until = _booked(reading)
    began = _put(reading, draft, "start", start)
    draft.put("minutesDuration", minutes)
    if end.text:
        _put(reading, draft, "end", end)
    elif until is None and began is not None and began.at is not None and minutes:
        draft.put("end", after(reading, began.at, minutes))
    else:
        draft.put("end", until)


def _asked(reading: Reading, sch: Segment) -> tuple[_Sent, _Sent]:
    timing = first_of(sch.field(_TIMING))
    if timing.part(4) or timing.part(5):
        return _Sent("SCH-11", timing.part(4)), _Sent("SCH-11", timing.part(5))
    tq1 = reading.message.first("TQ1")
    if tq1 is None:
        return _NOTHING, _NOTHING
    return _Sent("TQ1-7", tq1.field(7).text.strip()), _Sent("TQ1-8", tq1.field(8).text.strip())


def _booked(reading: Reading) -> tuple[_Sent, str | None]:
    """The earliest start and the latest end among segments of one name."""
    for name, places in _BOOKED.items():
        slots = [*_slots(reading, name, places)]
        if slots:
            ends = [slot.end for slot in slots if slot.end]
            return min(slots, key=lambda slot: slot.start).sent, max(ends, default=None)
    return _NOTHING, None


def _slots(reading: Reading, name: str, places: tuple[int, int, int]) -> Iterator[_Slot]:
    start_at, duration_at, unit_at = places
    for segment in reading.message.all(name):
        sent = _Sent(f"{name}-{start_at}", segment.field(start_at).text.strip())
        moment = time_of(reading, sent.text, sent.place)
        if moment is None or moment.at is None:
            continue
        minutes = minutes_of(reading, segment, duration_at, unit_at)
        yield _Slot(sent, moment.at, after(reading, moment.at, minutes) if minutes else None)


def _put(reading: Reading, draft: Drafting, element: str, sent: _Sent) -> Moment | None:
    moment = time_of(reading, sent.text, sent.place)
    if moment is None:
        if sent.text:
            draft.put(f"_{element}", source_text(sent.text))
    elif moment.at is not None:
        draft.put(element, moment.text)
    elif element == "start":
        draft.put("requestedPeriod", [{"start": moment.text}])
    return moment
