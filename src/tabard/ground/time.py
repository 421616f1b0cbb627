"""Time: aware UTC everywhere, microseconds since 1970 on disk, FHIR instants at the edge."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Answers the time now, aware and in UTC. Pure code takes one as an argument."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_us(us: int) -> datetime:
    """The aware UTC moment `us` microseconds after 1970."""
    return EPOCH + timedelta(microseconds=us)


def to_instant(moment: datetime) -> str:
    """A FHIR instant in UTC with milliseconds, such as `2026-03-01T08:30:00.000Z`. Source: FHIR R4, 2.24.0.1."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
