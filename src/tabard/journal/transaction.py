"""The transaction that a journal's changes gather in: begun with the first of them; SQLite's faults become the journal's."""

from contextlib import suppress
from types import TracebackType

import apsw

from tabard.journal.errors import JournalFault


class Faults:
    """`with` it, what SQLite raises is raised as JournalFault. It holds nothing, and serves any number of times."""

    __slots__ = ()

    def __enter__(self) -> None:
        """Nothing yet."""

    def __exit__(self, _kind: object, fault: BaseException | None, _where: TracebackType | None) -> None:
        """Tell what went wrong."""
        if isinstance(fault, (apsw.Error, UnicodeError)):
            raise told(fault) from fault


class Transaction(Faults):
    """`with` it, changes are within a transaction, and stay open in it until `commit` or `rollback`.

    No generator behind it: an intake enters it several times a turn.
    """

    __slots__ = ("_connection", "_cursor", "is_open")

    def __init__(self, connection: apsw.Connection, cursor: apsw.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor
        self.is_open = False
        """Whether anything was begun that is not committed."""

    def __enter__(self) -> None:
        """Begin, where nothing is open. Raises JournalFault."""
        if self.is_open:
            return
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
        except apsw.Error as fault:
            raise told(fault) from fault
        self.is_open = True

    def commit(self) -> None:
        """Make it durable: it is on stable storage when this returns."""
        self._cursor.execute("COMMIT")
        self.is_open = False

    def rollback(self) -> None:
        """Forget all of it. Never raises."""
        if self._connection.in_transaction:
            with suppress(apsw.Error):  # where it fails, the next BEGIN tells whether the file is usable again
                self._cursor.execute("ROLLBACK")
        self.is_open = False


def told(fault: Exception) -> JournalFault:
    """Only the kind of the fault: SQLite's own text may quote what it was given."""
    return JournalFault(
        "the journal could not write",
        got=type(fault).__name__,
        remedy="see that the disk has room and the hospital's folder is writable",
    )
