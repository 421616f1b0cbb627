"""Times as people in the United Kingdom read them; a time of day is never shown where only a day is known."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
_DATE = "%d-%b-%Y"
_MONTH_LENGTH, _DATE_LENGTH, _YEAR_LENGTH = 7, 10, 4


@dataclass(frozen=True, slots=True)
class When:
    """A moment or a day for the page: `machine` for the `datetime` attribute, `text` for people."""

    machine: str
    text: str


def when(moment: datetime) -> When:
    """An aware moment, to the minute, such as `22-Nov-2024 14:05`."""
    local = moment.astimezone(UK)
    return When(local.isoformat(timespec="seconds"), local.strftime(f"{_DATE} %H:%M"))


def clock_time(moment: datetime, now: datetime) -> str:
    """`14:05` when it was today, with the date before it when it was not."""
    local = moment.astimezone(UK)
    is_today = local.date() == now.astimezone(UK).date()
    return local.strftime("%H:%M" if is_today else f"{_DATE} %H:%M")


def from_fhir(text: str) -> When:
    """A FHIR date or dateTime, with the precision it has. What cannot be read is shown as it stands."""
    try:
        if len(text) > _DATE_LENGTH:
            return when(datetime.fromisoformat(text))
        shown = {
            _YEAR_LENGTH: lambda: text,
            _MONTH_LENGTH: lambda: date.fromisoformat(f"{text}-01").strftime("%b-%Y"),
            _DATE_LENGTH: lambda: date.fromisoformat(text).strftime(_DATE),
        }[len(text)]()
    except (ValueError, KeyError):
        return When(text, text)
    return When(text, shown)


def moment_of(text: str) -> datetime:
    """A FHIR date or dateTime as an aware moment to sort by; a missing part counts as its first, an unreadable one as 1970."""
    padded = text + {_YEAR_LENGTH: "-01-01", _MONTH_LENGTH: "-01"}.get(len(text), "")
    try:
        moment = datetime.fromisoformat(padded)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UK)


def ago(moment: datetime, now: datetime) -> str:
    """How long ago in one unit: `20 seconds`, `3 minutes`, `5 hours`, `2 days`."""
    passed = max(now - moment, timedelta())
    for unit, span in (("day", timedelta(days=2)), ("hour", timedelta(hours=2)), ("minute", timedelta(minutes=2))):
        if passed >= span:
            return f"{passed // {'day': timedelta(days=1), 'hour': timedelta(hours=1), 'minute': timedelta(minutes=1)}[unit]} {unit}s"
    seconds = round(passed.total_seconds())
    return f"{seconds} second{'' if seconds == 1 else 's'}"
