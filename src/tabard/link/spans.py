"""Which of the journal's messages are meant: a day, the last so many, or those of some numbers; read in short steps.

A step is one short read: a day that is read at once would keep the journal's log from being tidied meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from tabard.ground.errors import CallerError
from tabard.journal import JournalReader, Waiting

STEP = 500
"""Numbers to one read."""

_PAGE = 1000

Tell = Callable[[int, int], None]
"""Told now and then: how far it has come, and of how much."""


@dataclass(frozen=True, slots=True)
class Span:
    """The messages of one link, or of all (None), with numbers from `first` to `last`, received from `begins` and before `ends` where given.

    `told` says in words which these are.
    """

    link: str | None
    first: int
    last: int
    told: str
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def numbers(self) -> int:
        """How many numbers it spans: at least as many as there are messages in it."""
        return max(0, self.last - self.first + 1)

    def read(self, reader: JournalReader) -> Iterator[tuple[int, tuple[Waiting, ...]]]:
        """Its messages step by step, oldest first, and to which number each step reaches."""
        for first in range(self.first, self.last + 1, STEP):
            last = min(first + STEP - 1, self.last)
            yield last, tuple(one for one in reader.between(first, last, self.link) if self._holds(one.received))

    def _holds(self, received: datetime) -> bool:
        return (self.begins is None or received >= self.begins) and (self.ends is None or received < self.ends)


def of_day(reader: JournalReader, link: str | None, day: date, zone: tzinfo = UTC) -> Span:
    """What came on a day of `zone`."""
    begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    an_hour = timedelta(hours=1)  # a clock that was set back puts later numbers before earlier ones
    first, last = reader.first_since(begins - an_hour), reader.first_since(ends + an_hour) - 1
    return Span(link, first, last, f"{day:%Y-%m-%d}", begins, ends)


def of_last(reader: JournalReader, link: str, number: int) -> Span:
    """The last `number` messages that came. Raises CallerError for none."""
    if number < 1:
        raise CallerError("this is no number of messages", got=str(number), expected="1 or more")
    newest = reader.entries(link=link, limit=1)
    last, before, left = (newest[0].seq if newest else 0), None, number
    while left > 0 and (page := reader.entries(link=link, before=before, limit=min(left, _PAGE))):
        before, left = page[-1].seq, left - len(page)
    return Span(link, before or 1, last, f"the last {number}")
