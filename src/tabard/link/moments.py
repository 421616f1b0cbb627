"""FHIR dateTimes compared and written; each may be a year, a month, a day or a moment, so it spans a range."""

from datetime import datetime

from tabard.fhir.dates import range_of


def earliest(text: str) -> int:
    """The first microsecond since 1970 that `text` may mean. Raises ValueError."""
    return range_of(text)[0]


def is_before(one: str, other: str) -> bool:
    """Whether all of `one` lies before all of `other`. Raises ValueError."""
    return range_of(one)[1] <= range_of(other)[0]


def as_text(moment: datetime) -> str:
    """A FHIR dateTime of an aware moment, to the second, in its own offset."""
    return moment.isoformat(timespec="seconds")
