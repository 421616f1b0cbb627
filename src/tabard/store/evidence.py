"""Evidence as the store keeps it: a ledger for each organisation, in a table to which lines are only added."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError

from tabard.accreditation.claims import (
    Evidence,
    Ledger,
    add,
    fallen,
    plain_entry,
    standing,
    supersede,
    withdraw,
)
from tabard.ground.time import Clock
from tabard.store.errors import MovedOn
from tabard.store.evidence_kept import KeptLedgers
from tabard.store.tables import EVIDENCE

Also = Callable[[Connection, Ledger], None]
"""What is done in the same transaction as a line, and undone with it; it is told the ledger before."""


def nothing(_connection: Connection, _old: Ledger) -> None:
    """Where a line is all."""


@dataclass(frozen=True, slots=True)
class Evidences:
    """Every organisation's ledger. What the verbs of the ledger raise passes; then nothing is written."""

    engine: Engine
    clock: Clock
    kept: KeptLedgers = field(default_factory=KeptLedgers, compare=False)

    def ledger(self, organisation: str) -> Ledger:
        """That organisation's ledger. Raises BadLedger where the chain does not hold.

        Every line is verified once by each process, when it first reads it: `KeptLedgers` says what is verified when.
        """
        with self.engine.begin() as connection:
            return self.kept.read(connection, organisation)

    def add(self, evidence: Evidence, by: str) -> Ledger:
        """Add an item to its organisation's ledger."""
        return self.written(evidence.organisation, lambda old, now: add(old, evidence, by=by, at=now))

    def supersede(self, old: Iterable[str], evidence: Evidence, by: str) -> Ledger:
        """Add an item in the place of others."""
        ids = tuple(old)
        return self.written(evidence.organisation, lambda kept, now: supersede(kept, ids, evidence, by=by, at=now))

    def withdraw(self, organisation: str, evidence: str, reason: str, by: str) -> Ledger:
        """Let an item stand no longer; it is not taken away."""
        return self.written(organisation, lambda old, now: withdraw(old, evidence, reason, by=by, at=now))

    def standing(self, organisation: str, product: str) -> tuple[Evidence, ...]:
        """What stands today for that product: the organisation's own evidence, and the product's."""
        return standing(self.ledger(organisation), self.clock().date(), organisation=organisation, product=product)

    def fallen(self, organisation: str, digests: Iterable[str]) -> tuple[str, ...]:
        """Those of these SHA-256 that stood in that organisation's ledger and do not today."""
        return fallen(self.ledger(organisation), digests, self.clock().date())

    def written(self, organisation: str, act: Callable[[Ledger, datetime], Ledger], also: Also = nothing) -> Ledger:
        """The ledger with the lines that `act` adds, which is pure and quick. Raises MovedOn where somebody else wrote one in between."""
        try:
            with self.engine.begin() as connection:
                old = self.kept.read(connection, organisation)
                new = act(old, self.clock())
                also(connection, old)
                for number, entry in enumerate(new.entries[len(old.entries) :], len(old.entries) + 1):
                    text = msgspec.json.encode(plain_entry(entry)).decode()
                    row = {"organisation": organisation, "number": number, "sha256": entry.sha256, "entry": text}
                    connection.execute(insert(EVIDENCE).values(**row))
        except IntegrityError as fault:
            raise MovedOn("somebody else wrote to this ledger meanwhile", remedy="look at it again") from fault
        return new
