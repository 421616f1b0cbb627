"""Silence: how quiet a feed may be, learned hour by hour of the week."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from tabard.link.rhythms import FILE, load_rhythms, save_rhythms
from tabard.link.silence import DEFAULT_S, Rhythm

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def weeks(number: int) -> Rhythm:
    """A feed with a message each 10 s by day (8 to 20 h) and each half hour by night, every day."""
    rhythm, at = Rhythm(), MONDAY
    while at < MONDAY + timedelta(weeks=number):
        rhythm.heard(at)
        at += timedelta(seconds=10 if 8 <= at.hour < 20 else 1800)
    return rhythm


def test_by_day_it_may_be_quiet_for_less_than_by_night() -> None:
    """After some weeks two minutes of silence at noon are too long, and an hour at night is nothing."""
    rhythm = weeks(20)
    noon, night = MONDAY + timedelta(weeks=20, hours=12), MONDAY + timedelta(weeks=20, hours=2)
    assert rhythm.allowed_s(noon) == 120
    assert 3600 < rhythm.allowed_s(night) < 8 * 3600


def test_hours_are_those_of_the_hospital_s_clocks() -> None:
    """What was learned in winter of nine o'clock holds at nine o'clock in summer, which is eight in UTC."""
    london = ZoneInfo("Europe/London")
    winter, rhythm = datetime(2026, 1, 5, tzinfo=london), Rhythm(zone=london)
    for day in range(0, 70, 7):
        at = winter + timedelta(days=day)
        for second in range(0, 3600, 10):  # a message each ten seconds from nine to ten
            rhythm.heard((at + timedelta(hours=9, seconds=second)).astimezone(UTC))
    for hour, allowed_s in (
        (8, 120),
        (9, 120),
        (10, 120),
        (7, DEFAULT_S),
        (11, DEFAULT_S),
    ):  # an hour's neighbours count
        for monday in (winter, datetime(2026, 6, 1, tzinfo=london)):
            assert rhythm.allowed_s(monday.replace(hour=hour, minute=30).astimezone(UTC)) == allowed_s


def test_a_feed_of_which_little_is_known_has_the_default() -> None:
    """Until enough pauses of an hour are known, the usual bound holds."""
    rhythm = Rhythm()
    for n in range(20):
        rhythm.heard(MONDAY + timedelta(seconds=n))
    assert rhythm.allowed_s(MONDAY) == DEFAULT_S


def test_a_clock_set_back_is_no_pause() -> None:
    """A message that seems to come before the last one counts nothing."""
    rhythm = Rhythm()
    for at in (MONDAY, MONDAY - timedelta(hours=1), MONDAY - timedelta(hours=1)):
        rhythm.heard(at)
    assert rhythm.table == {}


def test_a_rhythm_outlives_the_process(tmp_path: Path) -> None:
    """What was learned is read back the same, and the time in which nobody listened is no pause."""
    rhythm = weeks(3)
    save_rhythms(tmp_path, {"lorenzo": rhythm})
    again = load_rhythms(tmp_path, {"lorenzo": UTC, "new": UTC})
    assert again["lorenzo"].table == rhythm.table
    assert again["new"].table == {}
    again["lorenzo"].heard(MONDAY + timedelta(weeks=30))
    assert again["lorenzo"].table == rhythm.table


@pytest.mark.parametrize(
    "content", [b"", b"no json", b"[]", b'{"lorenzo": 5}', b'{"lorenzo": {"999": [], "x": 1, "3": [1]}}']
)
def test_a_spoilt_file_is_learned_anew(tmp_path: Path, content: bytes) -> None:
    """Whatever stands in the file, the links start."""
    (tmp_path / FILE).write_bytes(content)
    assert load_rhythms(tmp_path, {"lorenzo": UTC})["lorenzo"].table == {}


@given(st.lists(st.integers(0, 10**7), max_size=300))
def test_the_bound_is_always_a_sane_one(pauses: list[int]) -> None:
    """Whatever the pauses, it is between two minutes and a day, and the table is JSON."""
    rhythm, at = Rhythm(), MONDAY
    for pause in pauses:
        at += timedelta(seconds=pause)
        rhythm.heard(at)
        assert 120 <= rhythm.allowed_s(at) <= 24 * 3600
    assert json.loads(json.dumps(rhythm.table)) == rhythm.table
