"""Which messages of the journal are in the record: marks kept in the record's own transaction, as ranges of numbers.

Rule: neighbours are one row, so the table has a row for each gap (a parked message) and not for each message. No mark is
ever implied or dropped: a parked message that is replayed years later is still told from one that was applied.
"""

from tabard.database import Connection

_NEAR = "SELECT first, last FROM applied WHERE first <= ? ORDER BY first DESC LIMIT 2"
_SET = "INSERT INTO applied (first, last) VALUES (?, ?) ON CONFLICT (first) DO UPDATE SET last = excluded.last"


def mark(connection: Connection, seq: int) -> None:
    """Mark the message `seq`. Marking twice changes nothing."""
    near: dict[int, int] = dict(connection.execute(_NEAR, (seq + 1,)))
    if any(first <= seq <= last for first, last in near.items()):
        return
    end = near.get(seq + 1, seq)
    if end != seq:
        connection.execute("DELETE FROM applied WHERE first = ?", (seq + 1,))
    before = [first for first, last in near.items() if last == seq - 1]
    connection.execute(_SET, (*(before or [seq]), end))


def is_marked(connection: Connection, seq: int) -> bool:
    """Whether the message `seq` is in the record."""
    return any(first <= seq <= last for first, last in connection.execute(_NEAR, (seq,)))


def marked_to(connection: Connection) -> int:
    """The highest marked number; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(last), 0) FROM applied").get)
