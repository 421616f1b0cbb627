"""Bringing a database's schema up to date: numbered steps, counted in the database itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.database.connections import Connection, Flavour
from tabard.database.ddl import to_postgresql
from tabard.ground.errors import CallerError


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is written apart for each engine."""

    sqlite: str
    postgresql: str


def migrate(connection: Connection, steps: Sequence[str | Step]) -> None:
    """Run those of `steps` (SQL scripts, oldest first) that the database has not had yet, all or none of them.

    A step that is one text is written for SQLite, and translated for PostgreSQL. A step, once released, is never edited:
    changes are added as further steps. Raises CallerError when the database has had more steps than there are, that is,
    when it was written by a newer Tabard.
    """
    if connection.steps_had() == len(steps):
        return
    with connection.transaction():
        done = connection.steps_had()  # read again inside: another process may have migrated meanwhile
        if done > len(steps):
            raise CallerError(
                "the database was written by a newer Tabard",
                where=connection.told(),
                expected=f"schema {len(steps)} or older",
                got=f"schema {done}",
                remedy="run the newer Tabard, or restore the copy taken before the upgrade",
            )
        for step in steps[done:]:
            connection.script(_words(step, connection.flavour))
        connection.set_steps_had(len(steps))


def _words(step: str | Step, flavour: Flavour) -> str:
    if isinstance(step, Step):
        return step.sqlite if flavour is Flavour.SQLITE else step.postgresql
    return step if flavour is Flavour.SQLITE else to_postgresql(step)
