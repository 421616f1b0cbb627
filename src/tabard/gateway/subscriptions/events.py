"""What waits for subscriptions: noted once for each write of the record, numbered when it may be told, kept for a while.

The place up to which the record was looked through moves in the transaction that notes what was found there: whatever
process is killed when, each write is noted once.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from tabard.gateway.subscriptions.model import Event, What
from tabard.gateway.subscriptions.tables import EVENT, PLACE, SUBSCRIPTION
from tabard.ground.time import Clock, from_us, to_us

MOST_WAITING = 10_000
"""Events that may wait for one subscription; beyond, it is turned off, as nothing is lost in silence."""

MOST_KEPT = 1_000
"""Events that were told and are kept for `$events`, the newest."""

KEPT = timedelta(days=7)
"""How long an event waits, or is kept."""

_FEED = "record"
_E = EVENT.c


class Noted(NamedTuple):
    """Whom a write concerns, and by what."""

    subscription: str
    event: Event


class Events:
    """Blocking; any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def place(self) -> int | None:
        """The write up to which the record was looked through; None before the first look."""
        with self._engine.begin() as connection:
            return connection.execute(select(PLACE.c.seq).where(PLACE.c.name == _FEED)).scalar()

    def note(self, place: int, noted: Sequence[Noted]) -> None:
        """Keep what was found up to `place`, and the place, at once."""
        with self._engine.begin() as connection:
            if noted:
                connection.execute(insert(EVENT), [_row(one) for one in noted])
            moved = connection.execute(update(PLACE).where(PLACE.c.name == _FEED).values(seq=place))
            if moved.rowcount == 0:
                connection.execute(insert(PLACE).values(name=_FEED, seq=place))

    def waiting(self, subscription: str, most: int) -> tuple[Event, ...]:
        """The oldest that were not delivered, in order."""
        asked = select(EVENT).where(_E.subscription == subscription, ~_E.is_delivered).order_by(_E.seq).limit(most)
        return self._read(asked)

    def whose(self) -> dict[str, tuple[int, int]]:
        """For whom anything waits: how much, and since when at the earliest (microseconds)."""
        asked = select(_E.subscription, func.count(), func.min(_E.at_us)).where(~_E.is_delivered)
        with self._engine.begin() as connection:
            rows = connection.execute(asked.group_by(_E.subscription)).all()
        return {name: (count, since) for name, count, since in rows}

    def number(self, subscription: str, told: Sequence[Event], hidden: Sequence[Event]) -> tuple[Event, ...]:
        """Those that may be told, each with its number, in order; those that may not are forgotten, and had none."""
        with self._engine.begin() as connection:
            of = SUBSCRIPTION.c.id == subscription
            last = connection.execute(select(SUBSCRIPTION.c.last).where(of)).scalar()
            if last is None:
                return ()
            numbered = []
            for event in told:
                found = event.number or _number(connection, event.seq)
                if found is None:
                    last += 1
                    found = last
                    connection.execute(update(EVENT).where(_E.seq == event.seq).values(number=found))
                numbered.append(event._replace(number=found))
            for event in hidden:
                connection.execute(delete(EVENT).where(_E.seq == event.seq, _E.number.is_(None)))
            connection.execute(update(SUBSCRIPTION).where(of).values(last=last))
        return tuple(numbered)

    def delivered(self, subscription: str, events: Sequence[Event]) -> None:
        """These have arrived; what is kept longer than it is kept goes."""
        old = to_us(self._clock() - KEPT)
        of = (_E.subscription == subscription, _E.is_delivered)
        with self._engine.begin() as connection:
            for event in events:
                connection.execute(update(EVENT).where(_E.seq == event.seq).values(is_delivered=True))
            last = connection.execute(select(SUBSCRIPTION.c.last).where(SUBSCRIPTION.c.id == subscription)).scalar()
            kept = (_E.number <= (last or 0) - MOST_KEPT) | (_E.at_us < old)
            connection.execute(delete(EVENT).where(*of, kept))

    def between(self, subscription: str, since: int, until: int, most: int) -> tuple[Event, ...]:
        """Those that have these numbers (both included) and are still kept, in order."""
        of = (_E.subscription == subscription, _E.number >= since, _E.number <= until)
        return self._read(select(EVENT).where(*of).order_by(_E.number).limit(most))

    def _read(self, asked: Any) -> tuple[Event, ...]:
        with self._engine.begin() as connection:
            return tuple(map(_made, connection.execute(asked).all()))


def _number(connection: Connection, seq: int) -> int | None:
    return connection.execute(select(_E.number).where(_E.seq == seq)).scalar()


def _row(noted: Noted) -> dict[str, Any]:
    event = noted.event
    return {
        "subscription": noted.subscription,
        "number": None,
        "type": event.type,
        "resource": event.id,
        "version": event.version,
        "what": event.what.value,
        "at_us": to_us(event.at),
        "is_delivered": False,
    }


def _made(row: Row[Any]) -> Event:
    return Event(row.seq, row.number, row.type, row.resource, row.version, What(row.what), from_us(row.at_us))
