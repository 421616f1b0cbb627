"""Ages as clinicians write them: the younger, the finer. Source: NHS Common User Interface, patient banner (age rules)."""

from datetime import date, timedelta

_WEEKS_FROM, _MONTHS_FROM_YEARS, _YEARS_ALONE_FROM = timedelta(weeks=4), 1, 18
_MONTHS_A_YEAR = 12


def age(born: date, on: date) -> str:
    """`9d`, `14w 3d`, `19m 2d`, `7y 4m`, `48y`; empty where `on` comes before birth."""
    passed = on - born
    if passed < timedelta():
        return ""
    months, days = _months(born, on)
    years = months // _MONTHS_A_YEAR
    if passed < _WEEKS_FROM:
        return f"{passed.days}d"
    if years < _MONTHS_FROM_YEARS:
        return f"{passed.days // 7}w {passed.days % 7}d"
    if years < _MONTHS_FROM_YEARS + 1:
        return f"{months}m {days}d"
    return f"{years}y" if years >= _YEARS_ALONE_FROM else f"{years}y {months % _MONTHS_A_YEAR}m"


def _months(born: date, on: date) -> tuple[int, int]:
    """Whole months from `born` to `on`, and the days left over."""
    months = (on.year - born.year) * _MONTHS_A_YEAR + on.month - born.month
    if on.day >= born.day:
        return months, on.day - born.day
    month_before = on.replace(day=1) - timedelta(days=1)
    return months - 1, max(month_before.day - born.day, 0) + on.day
