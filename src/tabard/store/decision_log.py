"""The decision log as the store keeps it: hash-chained lines that the database lets nobody change, and their head."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, insert, select

from tabard.accreditation import Case
from tabard.decision import BEGINNING, Accreditor, Entry, Head, head_of, next_entry, read_statement
from tabard.ground.dsse import Envelope
from tabard.ground.errors import InternalError
from tabard.store.tables import DECISIONS


class DecisionLog(NamedTuple):
    """Every decision, and what became of it: what is public of it, and nothing of the case that led there."""

    engine: Engine

    def append(
        self, connection: Connection, case: Case, kind: str, by: tuple[str, ...], words: str, now: datetime
    ) -> None:
        """One line more, in the caller's transaction: with the change of the case, or not at all.

        `by` and `words` are read by everybody. Raises InternalError where nothing was ever decided of that case.
        """
        statement = _statement(case)
        entry = next_entry(
            _head(connection),
            at=now.replace(microsecond=0),
            kind=kind,
            decision=read_statement(statement.payload).id,
            product=case.product,
            version=case.version,
            package_sha256=case.package_sha256,
            statement_sha256=sha256(statement.payload).hexdigest(),
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


def as_published(who: Accreditor) -> str:
    """A person as the log names them, with their role: as the decision itself does."""
    return f"{who.name} ({who.role})"


def _head(connection: Connection) -> Head:
    row = connection.execute(select(DECISIONS).order_by(DECISIONS.c.seq.desc()).limit(1)).one_or_none()
    return Head(0, BEGINNING) if row is None else Head(row.seq, row.sha256)


def _statement(case: Case) -> Envelope:
    """The statement that stands, or the refusal under review."""
    found = case.statement or case.refusal
    if found is None:
        raise InternalError("what was never decided has no line in the decision log", where=case.id)
    return found
