"""Authorization codes: given once, exchanged once; a second use is refused and ends what the first gave.

Source: RFC 6749 4.1.2, 4.1.3, 10.5; RFC 7636 4.6.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from tabard.gateway.model import Context, Person
from tabard.gateway.smart.contexts import keep
from tabard.gateway.smart.grants import Grants, Issued, Replayed
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.secrets import answers, digest
from tabard.gateway.smart.tables import CODE
from tabard.ground.ids import MakeToken
from tabard.ground.time import Clock, from_us, to_us

_COPIED = ("client", "person", "roles", "context", "scopes", "fhir_user")


@dataclass(frozen=True, slots=True)
class Approval:
    """What a code stands for: checked once, at the authorize endpoint.

    `fhir_user` is the id of the person's Practitioner, where the client is told; `nonce` and `auth_time` are for the id_token.
    """

    client: str
    person: Person
    context: Context
    scopes: str
    redirect_uri: str
    challenge: str
    fhir_user: str | None = None
    nonce: str | None = None
    auth_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a product brings to the token endpoint."""

    code: str
    client: str
    redirect_uri: str
    verifier: str


class Codes:
    """The codes that are out, and those used that must be recognised."""

    def __init__(
        self, engine: Engine, grants: Grants, clock: Clock, make_token: MakeToken, lifetimes: Lifetimes
    ) -> None:
        self._engine = engine
        self._grants = grants
        self._clock = clock
        self._make_token = make_token
        self._lifetimes = lifetimes

    def give(self, approval: Approval) -> str:
        """A fresh code for what was approved."""
        code, now = self._make_token(), self._clock()
        row = {
            "digest": digest(code),
            "client": approval.client,
            "person": approval.person.id,
            "roles": " ".join(sorted(approval.person.roles)),
            "context": keep(approval.context),
            "scopes": approval.scopes,
            "redirect_uri": approval.redirect_uri,
            "challenge": approval.challenge,
            "expires_us": to_us(now + self._lifetimes.code),
            "fhir_user": approval.fhir_user,
            "nonce": approval.nonce,
            "auth_time_us": None if approval.auth_time is None else to_us(approval.auth_time),
        }
        with self._engine.begin() as connection:
            connection.execute(delete(CODE).where(CODE.c.expires_us <= to_us(now - self._lifetimes.grant)))
            connection.execute(insert(CODE), row)
        return code

    def exchange(self, brought: Exchange) -> Issued | Replayed | None:
        """Tokens for a code, this once; None where anything does not agree. A code that was shown is used, whatever came of it."""
        with self._engine.begin() as connection:
            issued = self._exchange(connection, brought)
        if isinstance(issued, Issued):
            self._grants.admit(issued)
        return issued

    def _exchange(self, connection: Connection, brought: Exchange) -> Issued | Replayed | None:
        mine = CODE.c.digest == digest(brought.code)
        row = connection.execute(select(CODE).where(mine)).one_or_none()
        if row is None:
            return None
        if row.used_us is not None:
            if row.grant_id is not None:
                self._grants.revoke(connection, row.grant_id)
            return Replayed(row.grant_id)
        now, grant_id = to_us(self._clock()), str(uuid4())
        agrees = (
            row.expires_us > now
            and row.client == brought.client
            and row.redirect_uri == brought.redirect_uri
            and answers(brought.verifier, row.challenge)
        )
        connection.execute(update(CODE).where(mine).values(used_us=now, grant_id=grant_id if agrees else None))
        if not agrees:
            return None
        self._grants.open(connection, grant_id, {name: getattr(row, name) for name in _COPIED})
        return _for_id_token(self._grants.issue(connection, grant_id), row)


def _for_id_token(issued: Issued | None, row: Row[Any]) -> Issued | None:
    """The tokens of a code, with what the id_token that goes with them tells."""
    auth_time = None if row.auth_time_us is None else from_us(row.auth_time_us)
    return None if issued is None else replace(issued, nonce=row.nonce, auth_time=auth_time, is_first=True)
