"""Which hosts outside a product may call here: what it declared, and what this hospital approved of that.

An approval is of the very words: another purpose or other data, after an upgrade say, is not what was approved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import BigInteger, Boolean, Column, Engine, MetaData, String, Table, Text, delete, insert, select

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.errors import bad_request, forbidden, not_found
from tabard.ground.canonical import canonical
from tabard.ground.time import Clock, from_us, to_us
from tabard.product import Outside

Declared = Callable[[str], tuple[Outside, ...]]
"""What an installed and live product declares; nothing for any other."""

APPROVERS = frozenset({"admin"})
"""The roles whose people approve."""

_REASON = range(3, 201)
METADATA = MetaData()
APPROVALS = Table(
    "egress_approval",
    METADATA,
    Column("product", String, primary_key=True),
    Column("host", String, primary_key=True),
    Column("words", String, nullable=False),
    Column("is_approved", Boolean, nullable=False),
    Column("by", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A declared host and what was decided of it; `by` is None where nobody decided, or of other words than now."""

    declared: Outside
    is_approved: bool = False
    by: str | None = None
    reason: str = ""
    at: datetime | None = None


class Approvals:
    """Blocking; any thread."""

    def __init__(self, engine: Engine, declared: Declared, audit: AuditLog, clock: Clock) -> None:
        METADATA.create_all(engine)
        self._engine = engine
        self._declared = declared
        self._audit = audit
        self._clock = clock

    def standings(self, product: str) -> tuple[Standing, ...]:
        """Each host that a product declares, and what was decided."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(APPROVALS).where(APPROVALS.c.product == product)).all()
        known = {(row.host, row.words): row for row in rows}
        return tuple(
            Standing(one) if (row := known.get((one.host, _words(one)))) is None
            else Standing(one, row.is_approved, row.by, row.reason, from_us(row.at_us))
            for one in self._declared(product)
        )  # fmt: skip

    def require(self, product: str, name: str, port: int) -> Outside:
        """What was declared of a host that was approved. Raises Refused (403)."""
        for one in self.standings(product):
            if one.declared.place == (name, port):
                if one.is_approved:
                    return one.declared
                raise forbidden("not_approved", "This hospital has not approved that this product calls this host.")
        raise forbidden("not_declared", "This product did not declare that it calls this host.")

    def decide(
        self, person: str, roles: frozenset[str], product: str, host: str, reason: str, *, approve: bool
    ) -> None:
        """Approve a host, or withdraw that; at once. Raises Refused (400, 403, 404), AuditUnavailable."""
        reason = reason.strip()
        if APPROVERS.isdisjoint(roles):
            raise forbidden(
                "role",
                "Outside hosts are approved by an administrator.",
                remedy="Have somebody with the role admin do it (tabard hospital account DIR NAME --role admin makes one).",
            )
        declared = next((one for one in self._declared(product) if one.host == host), None)
        if declared is None:
            raise not_found()
        if len(reason) not in _REASON:
            raise bad_request("reason", "Say why.", remedy="3 to 200 characters.")
        event = AuditEvent(
            self._clock(),
            "approve-egress",
            Outcome.granted,
            person=person,
            client=product,
            resource=told_host(*declared.place),
            reason=None if approve else "withdrawn",
            purpose=reason,
        )
        self._audit.write(event).result()
        row = {"product": product, "host": host, "words": _words(declared), "is_approved": approve}
        row |= {"by": person, "reason": reason, "at_us": to_us(self._clock())}
        with self._engine.begin() as connection:
            connection.execute(delete(APPROVALS).where(APPROVALS.c.product == product, APPROVALS.c.host == host))
            connection.execute(insert(APPROVALS).values(row))


def told_host(name: str, port: int) -> str:
    """A host as the audit names it."""
    return f"urn:tabard:host:{name}:{port}"


def _words(outside: Outside) -> str:
    told = {"host": outside.host, "purpose": outside.purpose, "data": list(outside.data)}
    return sha256(canonical(told)).hexdigest()
