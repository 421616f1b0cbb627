"""What may be used once only, remembered until it would be too old anyway; durable, so that a restart gives no second chance."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import BigInteger, Column, Engine, LargeBinary, MetaData, Table, delete, insert
from sqlalchemy.exc import IntegrityError

from tabard.ground.time import Clock, to_us

METADATA = MetaData()

SPENT = Table(
    "spent",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_us", BigInteger, nullable=False, index=True),
)


class Once:
    """Remembers by digest alone. Safe from any thread and from several processes."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        METADATA.create_all(engine)
        self._engine = engine
        self._clock = clock

    def spend(self, use: str, what: str, until: datetime) -> bool:
        """Use up `what`, which nobody accepts any more after `until`; False where it was used before."""
        key = sha256(f"{use}\0{what}".encode()).digest()
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(SPENT).where(SPENT.c.expires_us < to_us(self._clock())))
                connection.execute(insert(SPENT).values(digest=key, expires_us=to_us(until)))
        except IntegrityError:
            return False
        return True
