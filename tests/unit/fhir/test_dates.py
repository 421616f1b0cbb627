"""Dates as ranges of microseconds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from strategies.fhir import dates
from tabard.fhir.dates import ALWAYS_AFTER, ALWAYS_BEFORE, period_range, range_of
from tabard.ground.time import to_us


def us(text: str) -> int:
    return to_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2026", "2026-01-01T00:00:00", "2027-01-01T00:00:00"),
        ("2026-02", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
        ("2026-12", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        ("2024-02-29", "2024-02-29T00:00:00", "2024-03-01T00:00:00"),
        ("2026-07-01", "2026-06-30T23:00:00", "2026-07-01T23:00:00"),  # summer time: London's midnight
        ("2026-03-29", "2026-03-29T00:00:00", "2026-03-29T23:00:00"),  # a day of 23 hours
        ("2026-10-25", "2026-10-24T23:00:00", "2026-10-26T00:00:00"),  # and one of 25
        ("2026-03-01T08:30Z", "2026-03-01T08:30:00", "2026-03-01T08:31:00"),
        ("2026-03-01T08:30:15Z", "2026-03-01T08:30:15", "2026-03-01T08:30:16"),
        ("2026-03-01T08:30:15.5Z", "2026-03-01T08:30:15.500000", "2026-03-01T08:30:15.600000"),
        ("2026-03-01T08:30:15.123+01:00", "2026-03-01T07:30:15.123000", "2026-03-01T07:30:15.124000"),
        ("2026-03-01T08:30:15.123456789Z", "2026-03-01T08:30:15.123456", "2026-03-01T08:30:15.123457"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00", "2017-01-01T00:00:01"),
    ],
)
def test_a_date_means_its_whole_precision(text: str, low: str, high: str) -> None:
    """A date is the range that its precision leaves open, its day being the hospital's."""
    assert range_of(text) == (us(low), us(high))


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-13", "2026-02-30", "2026-2-3", "20260301", "2026-03-01T", "2026-03-01T25:00:00Z", "2026-03-01T08:30:15 00:00",
     "2026-03-01 08:30", "٢٠٢٦", "0000", "2026-03-01T08:61:00Z", "2026-03-01Z", "2026-03-01T08:30:15+99:00", "now"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    """Neither a wrong form nor a day that does not exist is repaired."""
    with pytest.raises(ValueError, match=r"."):
        range_of(text)


@given(dates())
def test_a_range_is_never_empty(text: str) -> None:
    """Every date means at least a microsecond."""
    low, high = range_of(text)
    assert low < high


def test_the_last_year_ends() -> None:
    """The last year that a calendar can tell has an end, which is not yet that of an open period."""
    assert range_of("9999") == (us("9999-01-01T00:00:00"), range_of("9999-12-31")[1])
    assert us("9999-12-31T23:59:59") < range_of("9999")[1] < ALWAYS_AFTER


def test_a_period_is_open_where_an_end_is_missing() -> None:
    """A missing start is before everything, a missing end after everything, an end takes its whole precision in."""
    assert period_range({"end": "2026-03-01"}) == (ALWAYS_BEFORE, us("2026-03-02T00:00:00"))
    assert period_range({"start": "2026-03-01"}) == (us("2026-03-01T00:00:00"), ALWAYS_AFTER)
    assert period_range({"start": "2026-03-01", "end": "2026-03-01"}) == range_of("2026-03-01")


@pytest.mark.parametrize(
    "period", [None, {}, [], "2026", {"start": "never"}, {"start": 5}, {"start": "2026", "end": "2025"}]
)
def test_a_period_that_cannot_be_is_none(period: object) -> None:
    """A period without ends, with an unreadable one, or ending before it starts is found by no date."""
    assert period_range(period) is None
