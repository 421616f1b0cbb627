"""How quiet a feed may be, learned of its own rhythm: for each hour of the week, how long its pauses are. Pure.

The hours are those of the hospital's clocks: a ward round is at nine, whether that is eight or nine in UTC. A pause counts
for the hour in which it began. Pauses are kept as counts in steps of a factor of two, and an hour's old counts weigh half
once there are many new ones; so a feed that changes its ways is understood within some weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import accumulate

DEFAULT_S = 600
"""How quiet a feed may be of which not enough is known."""

_HOURS = 7 * 24
_STEPS = 20  # up to 2**19 s, six days
_MANY = 1000
_ENOUGH = 60
_LEAST_S, _MOST_S = 120, 24 * 3600
_QUANTILE = 0.995
_FACTOR = 3


@dataclass(slots=True)
class Rhythm:
    """The pauses of one feed by hour of the week (Monday 0 h in its `zone` first) and length (step n: below 2**n seconds)."""

    pauses: list[list[int]] = field(default_factory=lambda: [[0] * _STEPS for _ in range(_HOURS)])
    last: datetime | None = None
    zone: tzinfo = UTC

    def heard(self, at: datetime) -> None:
        """A message came at `at`; the pause before it is counted, unless clocks went back."""
        before, self.last = self.last, at
        if before is None or at <= before:
            return
        counts = self.pauses[_hour(before, self.zone)]
        seconds = int((at - before).total_seconds())
        counts[min(seconds.bit_length(), _STEPS - 1)] += 1
        if sum(counts) > _MANY:
            counts[:] = [(count + 1) // 2 for count in counts]

    def allowed_s(self, since: datetime) -> int:
        """How long the feed may be quiet when its last message came at `since`: three times what nearly all pauses stay below.

        Of the hour and its neighbours in the week; DEFAULT_S where too few pauses are known.
        """
        hour = _hour(since, self.zone)
        known = [sum(column) for column in zip(*(self.pauses[(hour + by) % _HOURS] for by in (-1, 0, 1)), strict=True)]
        total = sum(known)
        if total < _ENOUGH:
            return DEFAULT_S
        step = next(n for n, below in enumerate(accumulate(known)) if below >= total * _QUANTILE)
        return min(max(_FACTOR << step, _LEAST_S), _MOST_S)

    @property
    def table(self) -> dict[str, list[int]]:
        """The hours of which anything is known, to be kept."""
        return {str(hour): counts for hour, counts in enumerate(self.pauses) if any(counts)}

    @classmethod
    def of(cls, table: object, zone: tzinfo = UTC) -> "Rhythm":
        """What was kept; what cannot be read is passed over. The time in which nobody listened is no pause."""
        rhythm = cls(zone=zone)
        for hour, counts in table.items() if isinstance(table, dict) else ():
            if str(hour).isdecimal() and int(hour) < _HOURS and _is_counts(counts):
                rhythm.pauses[int(hour)] = list(counts)
        return rhythm


def _is_counts(counts: object) -> bool:
    if not isinstance(counts, Sequence) or len(counts) != _STEPS:
        return False
    return all(isinstance(count, int) and count >= 0 for count in counts)


def _hour(moment: datetime, zone: tzinfo) -> int:
    known = moment.astimezone(zone)
    return known.weekday() * 24 + known.hour
