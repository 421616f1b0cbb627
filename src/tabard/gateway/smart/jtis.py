"""Assertions that were taken: none is taken twice, also after a restart. Source: RFC 7523, 3 (7)."""

from datetime import datetime

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import IntegrityError

from tabard.gateway.smart.secrets import digest
from tabard.gateway.smart.tables import ASSERTION
from tabard.ground.time import Clock, to_us


class Jtis:
    """The assertions whose time is not over."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, client: str, jti: str, expires: datetime) -> bool:
        """Whether this is the first time that the client's assertion is seen. Durable when it returns."""
        row = {"digest": digest(f"{client}\x00{jti}"), "expires_us": to_us(expires)}
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(ASSERTION).where(ASSERTION.c.expires_us <= to_us(self._clock())))
                connection.execute(insert(ASSERTION), row)
        except IntegrityError:
            return False
        return True
