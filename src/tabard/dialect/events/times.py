"""When it happened and when it was recorded. Source: HL7 v2.4, 3.4.1 "EVN"."""

from datetime import timedelta

from tabard.dialect.dates import Moment
from tabard.dialect.reading import Reading

_RECORDED, _OCCURRED, _SENT = ("EVN", 2, "EVN-2"), ("EVN", 6, "EVN-6"), ("MSH", 7, "MSH-7")
_FAR = timedelta(days=31)


def read_times(reading: Reading) -> Moment | None:
    """Note when it happened: EVN-6, else EVN-2, else when it was sent, MSH-7. Gives when it was recorded: EVN-2, else MSH-7.

    A time recorded more than a month from when the message was sent is flagged: one of two clocks, or fields, is wrong.
    """
    sent = _moment(reading, _SENT)
    noted = _moment(reading, _RECORDED)
    if noted and noted.at and sent and sent.at and abs(noted.at - sent.at) > _FAR:
        reading.flag("contradiction", "EVN-2", "a time within a month of when the message was sent (MSH-7)")
    recorded = noted or sent
    reading.occurred = _moment(reading, _OCCURRED) or recorded
    return recorded


def _moment(reading: Reading, at: tuple[str, int, str]) -> Moment | None:
    """The time in a field, where it names a time of day."""
    name, n, place = at
    segment = reading.first(name)
    moment = reading.moment(segment.field(n), place) if segment is not None else None
    return moment if moment is not None and moment.at is not None else None
