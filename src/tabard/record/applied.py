"""Which messages of the journal are in the record: marks kept in the record's own transaction, as ranges of numbers.

Rule: neighbours are one row, so the table has a row for each gap (a parked message) and not for each message. No mark is
ever implied or dropped: a parked message that is replayed years later is still told from one that was applied.
"""

import apsw


def mark(connection: apsw.Connection, seq: int, link: str) -> None:
    """Mark the message `seq`, and that `link` came so far. Marking twice changes nothing."""
    first, last = _range_at(connection, seq)
    if last is not None and last >= seq:
        return
    after = connection.execute("SELECT last FROM applied WHERE first = ?", (seq + 1,)).get
    if after is not None:
        connection.execute("DELETE FROM applied WHERE first = ?", (seq + 1,))
    end = seq if after is None else after
    if last == seq - 1:
        connection.execute("UPDATE applied SET last = ? WHERE first = ?", (end, first))
    else:
        connection.execute("INSERT INTO applied (first, last) VALUES (?, ?)", (seq, end))
    connection.execute(
        "INSERT INTO progress (link, seq) VALUES (?, ?) ON CONFLICT (link) DO UPDATE SET seq = max(seq, excluded.seq)",
        (link, seq),
    )


def is_marked(connection: apsw.Connection, seq: int) -> bool:
    """Whether the message `seq` is in the record."""
    _, last = _range_at(connection, seq)
    return last is not None and last >= seq


def marked_from(connection: apsw.Connection, seq: int) -> frozenset[int]:
    """All marked numbers from `seq` on."""
    ranges = connection.execute("SELECT max(first, ?), last FROM applied WHERE last >= ?", (seq, seq))
    return frozenset(number for first, last in ranges for number in range(first, last + 1))


def progress(connection: apsw.Connection) -> dict[str, int]:
    """The highest marked number of each link."""
    return dict(connection.execute("SELECT link, seq FROM progress"))


def _range_at(connection: apsw.Connection, seq: int) -> tuple[int, int | None]:
    found = connection.execute(
        "SELECT first, last FROM applied WHERE first <= ? ORDER BY first DESC LIMIT 1", (seq,)
    ).get
    return (0, None) if found is None else found
