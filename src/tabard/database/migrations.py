"""Bringing a file's schema up to date: numbered steps, counted in the file's own `user_version`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import apsw

from tabard.ground.errors import CallerError


def migrate(connection: apsw.Connection, steps: Sequence[str]) -> None:
    """Run those of `steps` (SQL scripts, oldest first) that the file has not had yet, all or none of them.

    A step, once released, is never edited: changes are added as further steps. Raises CallerError when the file has had
    more steps than there are, that is, when it was written by a newer Tabard.
    """
    if _version(connection) == len(steps):
        return
    with _transaction(connection):
        done = _version(connection)  # read again inside: another process may have migrated meanwhile
        if done > len(steps):
            raise CallerError(
                "the database was written by a newer Tabard",
                where=connection.filename,
                expected=f"schema {len(steps)} or older",
                got=f"schema {done}",
                remedy="run the newer Tabard, or restore the copy taken before the upgrade",
            )
        for step in steps[done:]:
            connection.execute(step)
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def _version(connection: apsw.Connection) -> int:
    return int(connection.pragma("user_version"))


@contextmanager
def _transaction(connection: apsw.Connection) -> Iterator[None]:
    """One immediate transaction: the lock is taken at the start, so that two migrating processes queue."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
