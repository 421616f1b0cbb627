"""Publishers: the trusts and suppliers that may submit, each by its ODS code and its keys with their dates."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, insert, select
from sqlalchemy.exc import IntegrityError

from tabard.ground.keys import PublicKey
from tabard.ground.time import Clock, from_us, to_us
from tabard.store.errors import NotTaken
from tabard.store.model import Publisher, PublisherKey
from tabard.store.named import Named
from tabard.store.tables import PUBLISHER_KEYS, PUBLISHERS

KEY_LIFE = timedelta(days=2 * 365)
_ANOTHER = "make a key for this use alone"
_ODS = re.compile(r"[A-Z0-9]{3,10}")


class Publishers:
    """Who may submit, and with which keys."""

    def __init__(self, engine: Engine, named: Named, clock: Clock) -> None:
        self._engine = engine
        self._named = named
        self._clock = clock

    def enrol(self, ods: str, name: str, keys: Iterable[PublicKey], until: datetime | None = None) -> Publisher:
        """Enrol a publisher, or give one that is enrolled further keys; they count from now to `until` (two years).

        Raises NotTaken for no ODS code, no name, no key, another's name, or a key that is enrolled already, whoever has it.
        """
        now, keys = self._clock(), tuple(keys)
        ods, name = ods_code(ods), name.strip()
        if not name or not keys:
            raise NotTaken("a publisher has a name and one key at the least", remedy="give both")
        others = {
            "an assessor's": {key.keyid for key in self._named.trust().keys},
            "the store's": self._named.unattended(),
        }
        for whose, keyids in others.items():
            if {key.keyid for key in keys} & keyids:
                raise NotTaken(f"this key is enrolled already, as {whose}", where=ods, remedy=_ANOTHER)
        until_us = to_us(now + KEY_LIFE if until is None else until)
        rows = [
            {"keyid": key.keyid, "ods": ods, "pem": key.pem, "from_us": to_us(now), "until_us": until_us}
            for key in keys
        ]
        try:
            with self._engine.begin() as connection:
                _put_name(connection, ods, name, to_us(now))
                connection.execute(insert(PUBLISHER_KEYS), rows)
        except IntegrityError as fault:
            raise NotTaken("this key is enrolled already", where=ods, remedy=_ANOTHER) from fault
        return self.all()[ods]

    def find(self, ods: str) -> Publisher | None:
        """The publisher of that ODS code, or None."""
        return self.all().get(ods)

    def all(self) -> dict[str, Publisher]:
        """Every publisher, by ODS code."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(PUBLISHERS).order_by(PUBLISHERS.c.ods)).all()
            keys = connection.execute(select(PUBLISHER_KEYS).order_by(PUBLISHER_KEYS.c.from_us)).all()
        kept = {row.ods: [_key(key) for key in keys if key.ods == row.ods] for row in rows}
        return {row.ods: Publisher(row.ods, row.name, from_us(row.enrolled_us), tuple(kept[row.ods])) for row in rows}

    def keys_now(self, ods: str) -> tuple[PublicKey, ...]:
        """The keys of that publisher that count now; none for one that is not enrolled."""
        found, now = self.find(ods), self._clock()
        keys = found.keys if found else ()
        return tuple(PublicKey(key.keyid, key.pem) for key in keys if key.valid_from <= now < key.valid_until)

    def whose(self, keyid: str) -> Publisher | None:
        """The publisher that has, or had, that key; None for a key of nobody."""
        return next((one for one in self.all().values() if keyid in {key.keyid for key in one.keys}), None)


def ods_code(text: str) -> str:
    """The ODS code in that text. Raises NotTaken where it is none."""
    ods = text.strip().upper()
    if _ODS.fullmatch(ods) is None:
        raise NotTaken("this is no ODS code", expected="3 to 10 capital letters and digits, such as RZZ", got=ods[:40])
    return ods


def _put_name(connection: Connection, ods: str, name: str, now_us: int) -> None:
    kept = connection.execute(select(PUBLISHERS).where(PUBLISHERS.c.ods == ods)).one_or_none()
    if kept is None:
        connection.execute(insert(PUBLISHERS).values(ods=ods, name=name, enrolled_us=now_us))
    elif kept.name != name:
        raise NotTaken("this ODS code is enrolled under another name", where=ods, expected=kept.name, got=name)


def _key(row: Row[tuple[str, ...]]) -> PublisherKey:
    return PublisherKey(row.keyid, row.pem, from_us(row.from_us), from_us(row.until_us))
