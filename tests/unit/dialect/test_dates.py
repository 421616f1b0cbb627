"""HL7 times become FHIR times of the same precision, or nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from tabard.dialect.dates import read_moment

LONDON = "Europe/London"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("1965", "1965"),
        ("196512", "1965-12"),
        ("19651213", "1965-12-13"),
        ("20000229", "2000-02-29"),
        ("202601021215", "2026-01-02T12:15:00+00:00"),
        ("202607021215", "2026-07-02T12:15:00+01:00"),
        ("20260702121530", "2026-07-02T12:15:30+01:00"),
        ("20260702121530.5", "2026-07-02T12:15:30.500+01:00"),
        ("20260702121530.1234+0530", "2026-07-02T12:15:30.123+05:30"),
        ("202601021215-0330", "2026-01-02T12:15:00-03:30"),
        ("19700101000000", "1970-01-01T00:00:00+01:00"),
    ],
)
def test_the_precision_stays(raw: str, text: str) -> None:
    """A year stays a year; a time has the offset of the sender's zone on that day, or the one sent."""
    moment = read_moment(raw, LONDON)
    assert moment is not None
    assert moment.text == text


@pytest.mark.parametrize(
    "raw",
    [
        *("196513121515", "19650230", "20250229", "00000000", "196500", "19651200", "197", "19651", "1965121315"),
        *(
            "196512132460",
            "196512132575",
            "19651213241500",
            "20260101121560",
            "1965-12-13",
            "13/12/1965",
            "unknown",
            "  ",
        ),
        *("20260101121500+2500", "20260101121500+0160", "202601011215Z", "١٩٦٥", "999912312359-1400", "179901011200"),
    ],
)
def test_a_bad_date_is_nothing(raw: str) -> None:
    """Impossible and half-sent parts are not repaired, whatever is wrong with them."""
    assert read_moment(raw, LONDON) is None


def test_the_hour_that_happens_twice_is_the_first() -> None:
    """When the clocks go back, a local time of the repeated hour is taken in summer time."""
    moment = read_moment("20261025013000", LONDON)
    assert moment is not None
    assert moment.text == "2026-10-25T01:30:00+01:00"
    assert moment.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_date_is_no_moment() -> None:
    """A date without a time of day names no moment."""
    moment = read_moment("20260301", LONDON)
    assert moment is not None
    assert moment.at is None
    assert moment.day == "2026-03-01"


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001  local by intent
def test_every_local_time_keeps_its_digits(local: datetime) -> None:
    """The digits of the local time are those that were sent, and the moment is the same one."""
    moment = read_moment(f"{local:%Y%m%d%H%M%S}", LONDON)
    assert moment is not None
    assert moment.text.startswith(f"{local:%Y-%m-%dT%H:%M:%S}")
    assert datetime.fromisoformat(moment.text) == moment.at


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{0,20}(\.[0-9]{0,5})?([+-][0-9]{0,5})?", fullmatch=True))
def test_no_text_makes_it_fail(raw: str) -> None:
    """Every text is a moment or nothing."""
    moment = read_moment(raw, LONDON)
    assert moment is None or moment.text[:4] == raw[:4]
