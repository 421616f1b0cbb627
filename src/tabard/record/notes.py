"""Notes: what the links remember beside the resources, in the same transaction and never as a resource.

A note is of a kind and has a key; the record does not know what it says. So a rule such as "older never overwrites newer"
costs no version of a resource, and cannot fall out of step with what it is about.
"""

from tabard.database import Connection

_SET = (
    "INSERT INTO note (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
)
_ALL = 2**62
FEW = 64
"""So many notes of a kind are read at once where a way to the database costs more than they do."""

ONE = "SELECT value FROM note WHERE kind = ? AND key = ?"
OF_KIND = f"SELECT key, value FROM note WHERE kind = ? ORDER BY key LIMIT {FEW + 1}"  # noqa: S608  a number of ours


def read(connection: Connection, kind: str, key: str) -> bytes | None:
    """What the note says, or None."""
    found: bytes | None = connection.execute(ONE, (kind, key)).get
    return found


def write(connection: Connection, kind: str, key: str, value: bytes | None) -> None:
    """Set the note; None takes it away."""
    if value is None:
        connection.execute("DELETE FROM note WHERE kind = ? AND key = ?", (kind, key))
    else:
        connection.execute(_SET, (kind, key, value))


def beginning(connection: Connection, kind: str, start: str, most: int | None = None) -> tuple[tuple[str, bytes], ...]:
    """Keys and values of the notes of a kind whose key begins with `start`, in order of the keys; at most so many."""
    rows = connection.execute(
        "SELECT key, value FROM note WHERE kind = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
        (kind, start, start + "\U0010ffff", _ALL if most is None else most),
    )
    return tuple((key, value) for key, value in rows)


def is_any(connection: Connection, kind: str, start: str) -> bool:
    """Whether there is a note of a kind whose key begins with `start`: one look into the index."""
    bounds = (kind, start, start + "\U0010ffff")
    return bool(
        connection.execute("SELECT EXISTS (SELECT 1 FROM note WHERE kind = ? AND key >= ? AND key < ?)", bounds).get
    )
