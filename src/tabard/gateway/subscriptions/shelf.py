"""The shelf: subscriptions kept, durably, each for its owner alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from tabard.gateway.errors import Refused
from tabard.gateway.model import ClientKind
from tabard.gateway.subscriptions.model import Owner, Status, Subscription, Wanted
from tabard.gateway.subscriptions.tables import EVENT, METADATA, SUBSCRIPTION
from tabard.ground.time import Clock, from_us, to_us

MOST_OF_ONE = 20
"""Subscriptions of one owner."""

MOST_OF_CLIENT = 100
MOST = 400
"""Subscriptions of a hospital: each may have a delivery of its own under way."""

KEPT_OFF = timedelta(days=30)
"""How long one that is off is kept for its owner to read."""

_S = SUBSCRIPTION.c


class Shelf:
    """Blocking; any thread, and other processes beside."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        METADATA.create_all(engine)
        self._engine = engine
        self._clock = clock

    def add(self, one: Subscription) -> None:
        """Keep a new one. Raises Refused (429) where there are too many that are not off."""
        with self._engine.begin() as connection:
            bounds = ((_is_of(one.owner), MOST_OF_ONE), ((_S.client == one.owner.client,), MOST_OF_CLIENT), ((), MOST))
            if any(not _has_room(connection, where, most) for where, most in bounds):
                raise Refused(
                    429, "throttled", "too_many", "There are too many subscriptions.",
                    expected=f"{MOST_OF_ONE} at most, {MOST_OF_CLIENT} of a client", remedy="Delete those that are not needed.",
                )  # fmt: skip
            connection.execute(insert(SUBSCRIPTION).values(_row(one)))

    def find(self, id_: str, owner: Owner | None = None) -> Subscription | None:
        """The subscription, where it is this owner's (or whoever's, where none is named)."""
        where = (_S.id == id_,) if owner is None else (_S.id == id_, *_is_of(owner))
        with self._engine.begin() as connection:
            row = connection.execute(select(SUBSCRIPTION).where(*where)).one_or_none()
        return None if row is None else _made(row)

    def all(self, owner: Owner | None = None, statuses: Sequence[Status] = tuple(Status)) -> tuple[Subscription, ...]:
        """Those of an owner, or every one, of these statuses, in the order in which they were made."""
        of = () if owner is None else _is_of(owner)
        asked = select(SUBSCRIPTION).where(*of, _S.status.in_([one.value for one in statuses]))
        with self._engine.begin() as connection:
            return tuple(map(_made, connection.execute(asked.order_by(_S.made_us, _S.id)).all()))

    def change(self, one: Subscription, **values: Any) -> bool:
        """Change columns of a version of it; False where somebody else has changed it since."""
        with self._engine.begin() as connection:
            of = (_S.id == one.id, _S.version == one.version)
            return connection.execute(update(SUBSCRIPTION).where(*of).values(**values)).rowcount == 1

    def move(self, one: Subscription, status: Status, error: str = "", **values: Any) -> bool:
        """Its next version, with another status; False where somebody else has changed it since."""
        now = to_us(self._clock())
        told = {"status": status.value, "error": error, "changed_us": now, "version": one.version + 1, **values}
        return self.change(one, **told)

    def replace(self, one: Subscription, made: Subscription) -> bool:
        """The next version as its owner wants it; what waits for it and its numbers stay."""
        values = _row(made) | {"version": one.version + 1}
        del values["id"], values["last"], values["made_us"], values["begun"]
        return self.change(one, **values)

    def remove(self, id_: str) -> None:
        """Take it away, with all that waits for it."""
        with self._engine.begin() as connection:
            _forget(connection, select(_S.id).where(_S.id == id_))

    def sweep(self) -> None:
        """Forget, with their headers and all, those that have been off for so long that no owner comes to read why."""
        old = to_us(self._clock() - KEPT_OFF)
        over = (_S.status == Status.off.value, _S.changed_us < old)
        with self._engine.begin() as connection:
            _forget(connection, select(_S.id).where(*over))

    def off(self, id_: str, why: str) -> Subscription | None:
        """Turn it off, whatever it is; None where there is none."""
        now = to_us(self._clock())
        told = {"status": Status.off.value, "error": why, "changed_us": now, "version": _S.version + 1}
        with self._engine.begin() as connection:
            connection.execute(update(SUBSCRIPTION).where(_S.id == id_).values(**told))
        return self.find(id_)


def _has_room(connection: Connection, where: Sequence[Any], most: int) -> bool:
    """Whether there is room for one more; those that are off, the oldest first, give up theirs where it is needed."""
    count = connection.execute(select(func.count()).select_from(SUBSCRIPTION).where(*where)).scalar_one()
    if count >= most:
        off = select(_S.id).where(*where, _S.status == Status.off.value).order_by(_S.changed_us, _S.id)
        count -= _forget(connection, off.limit(count - most + 1))
    return bool(count < most)


def _forget(connection: Connection, which: Select[tuple[str]]) -> int:
    """Forget them, their headers and all that waits for them; how many they were."""
    ids = connection.execute(which).scalars().all()
    for id_ in ids:
        connection.execute(delete(EVENT).where(EVENT.c.subscription == id_))
        connection.execute(delete(SUBSCRIPTION).where(_S.id == id_))
    return len(ids)


def _is_of(owner: Owner) -> tuple[Any, ...]:
    return _S.client == owner.client, _S.person == owner.person, _S.context == owner.context


def _row(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        **one.owner._asdict(),
        "kind": one.kind.value,
        "grant_id": one.grant,
        "scopes": one.scopes,
        "status": one.status.value,
        "error": one.error,
        "wanted": msgspec.json.encode(one.wanted),
        "made_us": to_us(one.made),
        "changed_us": to_us(one.changed),
        "begun": one.begun,
        "last": one.last,
        "attempts": one.attempts,
        "next_us": to_us(one.next),
        "sent_us": to_us(one.sent),
    }


def _made(row: Row[Any]) -> Subscription:
    return Subscription(
        row.id,
        row.version,
        Owner(row.client, row.person, row.context),
        ClientKind(row.kind),
        row.grant_id,
        row.scopes,
        Status(row.status),
        row.error,
        msgspec.json.decode(row.wanted, type=Wanted),
        _time(row.made_us),
        _time(row.changed_us),
        row.begun,
        row.last,
        row.attempts,
        _time(row.next_us),
        _time(row.sent_us),
    )


def _time(us: int) -> datetime:
    return from_us(us)
