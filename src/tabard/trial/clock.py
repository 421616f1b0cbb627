"""The time of a trial: one moment that stands until it is moved, the same in every run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""When every trial's day begins."""


@dataclass(slots=True)
class Moment:
    """A clock that is moved by hand; safe to read from any thread."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The time now."""
        return self.now

    def live(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += timedelta(seconds=seconds)
