"""Authorize requests that wait for a person: for a patient to be chosen, or for consent. Each is theirs alone, and ended once."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, Engine, Row, delete, insert, select, update

from tabard.gateway.model import Context
from tabard.gateway.smart.contexts import keep, understand
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.secrets import digest
from tabard.gateway.smart.tables import ASKING
from tabard.gateway.smart.wishes import Wish
from tabard.ground.ids import MakeToken
from tabard.ground.time import Clock, to_us


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits; `context` is None as long as no patient is chosen."""

    wish: Wish
    context: Context | None


class Askings:
    """The requests that wait. A handle is known by its digest alone, and good only in its own person's session."""

    def __init__(self, engine: Engine, clock: Clock, make_token: MakeToken, lifetimes: Lifetimes) -> None:
        self._engine = engine
        self._clock = clock
        self._make_token = make_token
        self._lifetimes = lifetimes

    def keep(self, person_id: str, waiting: Waiting) -> str:
        """Let a request wait; the handle by which its person finds it."""
        handle, now = self._make_token(), self._clock()
        row = {
            "digest": digest(handle),
            "person": person_id,
            "wish": msgspec.json.encode(waiting.wish).decode(),
            "context": None if waiting.context is None else keep(waiting.context),
            "expires_us": to_us(now + self._lifetimes.asking),
        }
        with self._engine.begin() as connection:
            connection.execute(delete(ASKING).where(ASKING.c.expires_us <= to_us(now)))
            connection.execute(insert(ASKING), row)
        return handle

    def find(self, person_id: str, handle: str) -> Waiting | None:
        """What waits under a handle; None where nothing does, nothing any more, or for somebody else."""
        with self._engine.begin() as connection:
            row = connection.execute(select(ASKING).where(*self._mine(person_id, handle))).one_or_none()
        return None if row is None else _waiting(row)

    def place(self, person_id: str, handle: str, context: Context) -> bool:
        """Write down which patient was chosen; whether there was anything to write it to. A choice is made once."""
        choosing = update(ASKING).where(*self._mine(person_id, handle), ASKING.c.context.is_(None))
        with self._engine.begin() as connection:
            return connection.execute(choosing.values(context=keep(context))).rowcount == 1

    def take(self, person_id: str, handle: str) -> Waiting | None:
        """What waited, this once."""
        taking = delete(ASKING).where(*self._mine(person_id, handle)).returning(ASKING)
        with self._engine.begin() as connection:
            row = connection.execute(taking).one_or_none()
        return None if row is None else _waiting(row)

    def _mine(self, person_id: str, handle: str) -> tuple[ColumnElement[bool], ...]:
        now = to_us(self._clock())
        return ASKING.c.digest == digest(handle), ASKING.c.person == person_id, ASKING.c.expires_us > now


def _waiting(row: Row[tuple[object, ...]]) -> Waiting | None:
    try:
        wish = msgspec.json.decode(row.wish, type=Wish)
    except msgspec.DecodeError:
        return None
    return Waiting(wish, None if row.context is None else understand(row.context))
