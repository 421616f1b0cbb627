"""Launch handles: given to the portal, taken once, by the person they were given to.

Source: SMART App Launch 2.2, "App Launch: EHR Launch".
"""

from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert

from tabard.gateway.model import Context
from tabard.gateway.smart.contexts import keep, understand
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.secrets import digest
from tabard.gateway.smart.tables import LAUNCH
from tabard.ground.ids import MakeToken
from tabard.ground.time import Clock, to_us

ANYBODY = ""
"""The person of a launch that whoever signs in first may take: only for apps that ask for consent."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What a handle stands for."""

    client: str
    person: str
    context: Context


class Launches:
    """The handles that are out."""

    def __init__(self, engine: Engine, clock: Clock, make_token: MakeToken, lifetimes: Lifetimes) -> None:
        self._engine = engine
        self._clock = clock
        self._make_token = make_token
        self._lifetimes = lifetimes

    def give(self, launch: Launch) -> str:
        """A fresh handle for `launch`."""
        handle, now = self._make_token(), self._clock()
        row = {
            "digest": digest(handle),
            "client": launch.client,
            "person": launch.person,
            "context": keep(launch.context),
            "expires_us": to_us(now + self._lifetimes.launch),
        }
        with self._engine.begin() as connection:
            connection.execute(delete(LAUNCH).where(LAUNCH.c.expires_us <= to_us(now)))
            connection.execute(insert(LAUNCH), row)
        return handle

    def take(self, handle: str) -> Launch | None:
        """What the handle stands for, this once; None when unknown, used or too old. Whoever asks, it is gone afterwards."""
        taking = delete(LAUNCH).where(LAUNCH.c.digest == digest(handle)).returning(LAUNCH)
        with self._engine.begin() as connection:
            row = connection.execute(taking).one_or_none()
        if row is None or row.expires_us <= to_us(self._clock()):
            return None
        context = understand(row.context)
        return None if context is None else Launch(row.client, row.person, context)
