"""The board: what services said when nobody was in front of it, kept for who opens the patient."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import BigInteger, Column, Engine, LargeBinary, MetaData, String, Table, delete, insert, select

from tabard.gateway.cds.cards import Card
from tabard.gateway.cds.model import Advice, Occasion
from tabard.ground.time import Clock, from_us, to_us

LASTS = timedelta(days=3)
"""So long what was said at an admission or a discharge is shown."""

METADATA = MetaData()
_SAID = Table(
    "said",
    METADATA,
    Column("patient", String, primary_key=True),
    Column("visit", String, primary_key=True),
    Column("hook", String, primary_key=True),
    Column("service", String, primary_key=True),
    Column("said_us", BigInteger, nullable=False),
    Column("cards", LargeBinary, nullable=False),
)


class Said(msgspec.Struct, frozen=True):
    """What a service said: at which hook, of which visit, when, by the service's name."""

    hook: str
    visit: str
    service: str
    at: datetime
    cards: tuple[Card, ...]


class Board:
    """Kept in gateway.db. Blocking; safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        METADATA.create_all(engine)
        self._engine = engine
        self._clock = clock

    def keep(self, occasion: Occasion, told: tuple[Advice, ...]) -> None:
        """Keep what was said, in the place of what the same services said of the same moment; what is old goes."""
        now = self._clock()
        rows = [self._row(occasion, one, to_us(now)) for one in told if one.cards]
        with self._engine.begin() as connection:
            connection.execute(delete(_SAID).where(_SAID.c.said_us <= to_us(now - LASTS)))
            for row in rows:
                same = [_SAID.c[name] == row[name] for name in ("patient", "visit", "hook", "service")]
                connection.execute(delete(_SAID).where(*same))
                connection.execute(insert(_SAID), row)

    def about(self, patient: str) -> tuple[Said, ...]:
        """What was said of a patient lately, the newest first."""
        since = to_us(self._clock() - LASTS)
        wanted = (
            select(_SAID).where(_SAID.c.patient == patient, _SAID.c.said_us > since).order_by(_SAID.c.said_us.desc())
        )
        with self._engine.begin() as connection:
            rows = connection.execute(wanted).all()
        cards = msgspec.json.Decoder(tuple[Card, ...])
        return tuple(
            Said(row.hook, row.visit, row.service, from_us(row.said_us), cards.decode(row.cards)) for row in rows
        )

    @staticmethod
    def _row(occasion: Occasion, advice: Advice, said_us: int) -> dict[str, object]:
        visit = getattr(occasion.context, "encounter", "")
        return {
            "patient": occasion.context.patient,
            "visit": visit,
            "hook": str(occasion.hook),
            "service": advice.service.name,
            "said_us": said_us,
            "cards": msgspec.json.encode(advice.cards),
        }
