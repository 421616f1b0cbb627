"""The service clock counts working days in England, and stands while the maker has to act."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tabard.accreditation import SERVICE_DAYS, bank_holidays, refer_back, reply, service, working_days
from unit.accreditation.people import NOW, checked, in_review, submitted, who


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2022, ["01-03", "04-15", "04-18", "05-02", "05-30", "08-29", "12-26", "12-27"]),
        (2024, ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"]),
        (2026, ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]),
        (2027, ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"]),
        (2028, ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"]),
    ],
)
def test_bank_holidays_are_those_that_were_told(year: int, days: list[str]) -> None:
    """Days that fall on a weekend are stood for by the next working days, in their order."""
    assert bank_holidays(year) == {date.fromisoformat(f"{year}-{day}") for day in days}


def test_working_days_leave_weekends_and_holidays_out() -> None:
    """Over Easter 2026, from Thursday to Tuesday, one day goes by; the day of the beginning is not counted."""
    thursday = datetime(2026, 4, 2, 9, tzinfo=UTC)
    assert working_days(thursday, datetime(2026, 4, 7, 9, tzinfo=UTC)) == (date(2026, 4, 7),)
    assert working_days(thursday, thursday + timedelta(hours=1)) == ()
    assert working_days(datetime(2026, 6, 1, 23, 30, tzinfo=UTC), datetime(2026, 6, 2, 12, tzinfo=UTC)) == ()


def test_the_clock_stands_while_the_maker_has_to_answer() -> None:
    """A case of class 1 that waits ten working days for its maker has used none of them."""
    case = in_review()
    assert service(case, NOW).of_days == SERVICE_DAYS[1]
    asked = NOW + timedelta(days=3)
    case = refer_back(case, who("safe"), "", "What happens when it is slow?", asked)
    answered = asked + timedelta(days=14)
    waiting = service(case, answered)
    assert (waiting.used_days, waiting.is_running) == (3, False)
    case = reply(case, "St Elsewhere", 1, "It says so.", answered)
    later = service(case, answered + timedelta(days=7))
    assert (later.used_days, later.is_running, later.is_over) == (8, True, False)
    assert service(case, answered + timedelta(days=60)).is_over


def test_a_day_counts_once_however_often_the_case_moves() -> None:
    """Submitted, checked and reviewed on one day is one day."""
    case = checked(case=submitted())
    assert service(case, NOW + timedelta(days=1)).used_days == 1
