"""The decision log as the store keeps it: hash-chained lines that the database lets nobody change, and their head."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, insert, select

from tabard.accreditation import Case
from tabard.decision import BEGINNING, Entry, Head, head_of, next_entry
from tabard.store.tables import DECISIONS


class DecisionLog(NamedTuple):
    """Every decision, and what became of it."""

    engine: Engine

    def append(
        self, connection: Connection, case: Case, kind: str, by: tuple[str, ...], words: str, now: datetime
    ) -> None:
        """One line more, in the caller's transaction: with the change of the case, or not at all."""
        entry = next_entry(
            _head(connection),
            at=now.replace(microsecond=0),
            kind=kind,
            case=case.id,
            product=case.product,
            version=case.version,
            package_sha256=case.package_sha256,
            statement_sha256=_statement(case),
            outcome=case.outcome or "",
            by=by,
            words=words,
        )
        connection.execute(insert(DECISIONS).values(seq=entry.seq, sha256=entry.sha256, entry=entry.to_bytes()))

    def entries(self) -> tuple[Entry, ...]:
        """All lines, the first first."""
        with self.engine.begin() as connection:
            rows = connection.execute(select(DECISIONS.c.entry).order_by(DECISIONS.c.seq)).all()
        return tuple(msgspec.json.decode(row.entry, type=Entry) for row in rows)

    def tip(self) -> Head:
        """The head as the last line tells it, the others unread."""
        with self.engine.begin() as connection:
            return _head(connection)

    def head(self) -> Head:
        """The head as it stands; each line is held against the one before. Raises BadDecision where one does not follow."""
        return head_of(self.entries())


def _head(connection: Connection) -> Head:
    row = connection.execute(select(DECISIONS).order_by(DECISIONS.c.seq.desc()).limit(1)).one_or_none()
    return Head(0, BEGINNING) if row is None else Head(row.seq, row.sha256)


def _statement(case: Case) -> str:
    envelope = case.statement or case.refusal
    return sha256(envelope.payload).hexdigest() if envelope else ""
