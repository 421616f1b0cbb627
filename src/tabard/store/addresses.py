"""Addresses of makers' pages: a decision names its case for everybody, so the case's id alone opens nothing.

A page opens by its case and a secret that was told once; the store keeps the secret's hash alone.
"""

import hmac
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select

from tabard.accreditation import Case, Status
from tabard.decision import Outcome
from tabard.ground.errors import NotFound
from tabard.ground.ids import unguessable
from tabard.ground.time import Clock, to_us
from tabard.store.tables import ADDRESSES

_MOST = 5
"""Addresses of one case that open it: the oldest ceases with one more."""

_LONGEST = 200
_PUBLIC = (Status.decided, Status.published, Status.suspended, Status.withdrawn, Status.expired)


class Addresses(NamedTuple):
    """The secrets in the addresses of makers' pages."""

    engine: Engine
    clock: Clock

    def again(self, case: Case) -> str:
        """A secret for who sent these bytes; "" once the bytes may be public: then anybody can send them, and a signature is asked."""
        is_public = case.status in _PUBLIC and case.outcome not in {None, Outcome.refused}
        return "" if is_public else self.begin(case.id)

    def begin(self, case_id: str, *, alone: bool = False) -> str:
        """A fresh secret for that case, told this once; `alone`, every earlier one ceases."""
        secret = unguessable()
        with self.engine.begin() as connection:
            row = {"sha256": _hash(secret), "submission": case_id, "at_us": to_us(self.clock())}
            connection.execute(insert(ADDRESSES).values(row))
            newest = _kept(connection, case_id)[: 1 if alone else _MOST]
            gone = (ADDRESSES.c.submission == case_id) & ADDRESSES.c.sha256.not_in(newest)
            connection.execute(delete(ADDRESSES).where(gone))
        return secret

    def check(self, case_id: str, secret: str) -> None:
        """Raises NotFound, as for a case that there is not, unless that secret opens that case."""
        told = _hash(secret[:_LONGEST])
        with self.engine.begin() as connection:
            kept = _kept(connection, case_id)
        if sum(hmac.compare_digest(told, one) for one in kept) == 0:  # a sum: each is compared, whichever fits
            raise NotFound("there is no such submission", remedy="look at the address that you were told: all of it")


def _kept(connection: Connection, case_id: str) -> list[str]:
    """The hashes of that case's secrets, the newest first."""
    of = select(ADDRESSES.c.sha256).where(ADDRESSES.c.submission == case_id)
    return list(connection.execute(of.order_by(ADDRESSES.c.seq.desc())).scalars())


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
