"""Which messages of the journal are in the record: marks kept in the record's own transaction, as ranges of numbers.

Rule: neighbours are one row, so the table has a row for each gap (a parked message) and not for each message. No mark is
ever implied or dropped: a parked message that is replayed years later is still told from one that was applied.
"""

from tabard.database import Connection

_AHEAD = 64
_MOST = _AHEAD + 4
_NEAR = "SELECT first, last FROM applied WHERE first <= ? ORDER BY first DESC LIMIT ?"
_SET = "INSERT INTO applied (first, last) VALUES (?, ?) ON CONFLICT (first) DO UPDATE SET last = excluded.last"


class Marks:
    """The marks within one transaction: nobody else writes meanwhile, so the ranges around what was asked are remembered.

    A batch's messages follow one another: they are looked up by one statement and not by two for each.
    """

    __slots__ = ("_connection", "_from", "_ranges", "_to")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.forget()

    def forget(self) -> None:
        """Look anew: something was undone."""
        self._ranges: dict[int, int] = {}
        self._from, self._to = 1, 0

    def mark(self, seq: int) -> None:
        """Mark the message `seq`. Marking twice changes nothing."""
        if self.is_marked(seq):
            return
        end = self._ranges.pop(seq + 1, seq)
        if end != seq:
            self._connection.execute("DELETE FROM applied WHERE first = ?", (seq + 1,))
        start = next((first for first, last in self._ranges.items() if last == seq - 1), seq)
        self._connection.execute(_SET, (start, end))
        self._ranges[start] = end

    def is_marked(self, seq: int) -> bool:
        """Whether the message `seq` is in the record."""
        if not self._from < seq < self._to:
            self._look(seq)
        return any(first <= seq <= last for first, last in self._ranges.items())

    def _look(self, seq: int) -> None:
        """The ranges that begin up to a batch behind `seq`: enough of them that the one before it is among them."""
        self._to = seq + 1 + _AHEAD
        self._ranges = dict(self._connection.execute(_NEAR, (self._to, _MOST)))
        self._from = min(self._ranges) if len(self._ranges) == _MOST else seq - 1 if seq < 1 else 0


def marked_to(connection: Connection) -> int:
    """The highest marked number; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(last), 0) FROM applied").get)
