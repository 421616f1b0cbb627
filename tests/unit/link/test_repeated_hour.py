"""The hour that comes twice, and when a message was told."""

from datetime import UTC, datetime, timedelta

import pytest

from tabard.dialect import Event
from tabard.link.encounter import IN_PROGRESS, Said, Visit
from tabard.link.repeated_hour import in_order, second_reading
from tabard.link.stays import Stay
from tabard.link.telling import told_at

LONDON = "Europe/London"
FIRST = datetime(2025, 10, 26, 0, 10, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)
KNOWN = Visit(IN_PROGRESS, stays=(Stay((), "2025-10-26T01:50:00+01:00"),))


def test_only_the_hour_that_comes_twice_has_a_second_reading() -> None:
    """01:10 on the last Sunday of October comes twice; the second has none any more."""
    assert second_reading(FIRST, LONDON) == SECOND
    assert second_reading(SECOND, LONDON) is None
    assert second_reading(FIRST + timedelta(days=1), LONDON) is None


def test_which_hour_comes_twice_is_said_by_the_zone_of_the_sender() -> None:
    """In New York the clocks go back a week later; what is read again is told in the offset of there."""
    first = datetime(2025, 11, 2, 5, 10, tzinfo=UTC)
    assert second_reading(first, "America/New_York") == first + timedelta(hours=1)
    assert second_reading(first, LONDON) is None
    assert second_reading(FIRST, "America/New_York") is None
    assert told_at("20251102011000", "America/New_York", first + timedelta(hours=1)) == first + timedelta(hours=1)
    known = Visit(IN_PROGRESS, stays=(Stay((), "2025-11-02T01:50:00-04:00"),))
    said = Said("2025-11-02T01:10:00-04:00")
    latest = first + timedelta(hours=2)
    assert in_order(known, Event.transfer, said, latest, "America/New_York").at == "2025-11-02T01:10:00-05:00"
    assert in_order(known, Event.transfer, said, latest, LONDON) == said


@pytest.mark.parametrize(
    ("event", "at", "latest", "read"),
    [
        (Event.transfer, "2025-10-26T01:10:00+01:00", SECOND, "2025-10-26T01:10:00+00:00"),
        (Event.transfer, "2025-10-26T01:10:00+01:00", FIRST, "2025-10-26T01:10:00+01:00"),
        (Event.transfer, "2025-10-26T01:55:00+01:00", SECOND, "2025-10-26T01:55:00+01:00"),
        (Event.admit, "2025-10-26T01:10:00+01:00", SECOND, "2025-10-26T01:10:00+01:00"),
        (Event.transfer, "2025-10-26", SECOND, "2025-10-26"),
    ],
    ids=["the past by the first reading", "told too early", "not the past", "an admission", "a day"],
)
def test_a_time_is_read_again_only_where_it_would_be_the_past(
    event: Event, at: str, latest: datetime, read: str
) -> None:
    """The first reading stands wherever it can; the end of a visit is read as its event is."""
    assert in_order(KNOWN, event, Said(at, end=at), latest, LONDON) == Said(read, end=read)
    assert in_order(None, event, Said(at), latest, LONDON) == Said(at)


@pytest.mark.parametrize(
    ("sent", "received", "told"),
    [
        ("20251026011000", SECOND, SECOND),
        ("20251026011000", FIRST, FIRST),
        ("20251026011000+0100", SECOND, FIRST),
        ("20620301", SECOND, SECOND),
        ("20620301110000", SECOND, SECOND),
        ("", SECOND, SECOND),
        ("rubbish", SECOND, SECOND),
    ],
)
def test_no_message_is_told_after_it_came(sent: str, received: datetime, told: datetime) -> None:
    """MSH-7 is believed as far as it can be true; a time of the repeated hour is the second where that can be."""
    assert told_at(sent, "Europe/London", received) == told
