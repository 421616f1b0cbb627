"""When it happened and when it was recorded. Source: HL7 v2.4, 3.4.1 "EVN"."""

from datetime import timedelta

from tabard.dialect.dates import Moment
from tabard.dialect.reading import Reading
from tabard.hl7v2 import Field

_RECORDED, _OCCURRED = 2, 6
_FAR = timedelta(days=31)


def read_times(reading: Reading) -> Moment | None:
    """Note when it happened: EVN-6, else EVN-2, else when it was sent, MSH-7. Gives when it was recorded: EVN-2, else MSH-7.

    A time recorded more than a month from when the message was sent is flagged: one of two clocks, or fields, is wrong.
    """
    message, evn = reading.message, reading.first("EVN")
    sent = _moment(reading, Field(message.header.time, message.syntax), "MSH-7")
    noted = _moment(reading, evn.field(_RECORDED), "EVN-2") if evn is not None else None
    if noted and noted.at and sent and sent.at and abs(noted.at - sent.at) > _FAR:
        reading.flag("contradiction", "EVN-2", "a time within a month of when the message was sent (MSH-7)")
    recorded = noted or sent
    occurred = _moment(reading, evn.field(_OCCURRED), "EVN-6") if evn is not None else None
    reading.occurred = occurred or recorded
    return recorded


def _moment(reading: Reading, field: Field, place: str) -> Moment | None:
    """The time in a field, where it names a time of day."""
    moment = reading.moment(field, place)
    return moment if moment is not None and moment.at is not None else None
