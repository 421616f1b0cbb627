"""Retention: contents, and later lines, go when their time is over, a few at a time; never of what waits or is parked."""

from typing import Any

import apsw

from tabard.journal.digests import digest_of

_SETTLED = "('applied', 'no_effect', 'refused', 'duplicate')"
_PASSED = (
    f"SELECT seq, received, mark.state IN {_SETTLED} FROM passed JOIN message USING (seq) LEFT JOIN mark USING (seq)"  # noqa: S608  constants only
    " WHERE mark.state IN ('applied', 'no_effect', 'refused', 'duplicate') ORDER BY seq LIMIT ?"
)
_NEXT = (
    f"SELECT seq, received, coalesce(mark.state IN {_SETTLED}, FALSE) FROM message LEFT JOIN mark USING (seq)"  # noqa: S608  constants only
    " WHERE seq > ? AND received < ? ORDER BY seq LIMIT ?"
)
_DEFERRED = "SELECT raw FROM message WHERE seq = ? AND digest = x'00'"
_EMPTY = "UPDATE message SET raw = NULL, digest = coalesce(?, digest) WHERE seq = ?"
_COUNT = (
    "INSERT INTO pruned SELECT link, state, 1 FROM message JOIN mark USING (seq) WHERE seq = ?"
    " ON CONFLICT (link, state) DO UPDATE SET number = number + 1"
)
_FORGET = (
    "DELETE FROM identity WHERE (link, control_id, seq) IN (SELECT link, control_id, seq FROM message WHERE seq = :seq)",
    "DELETE FROM answer WHERE seq = :seq",
    "DELETE FROM intervention WHERE seq = :seq",
    "DELETE FROM mark WHERE seq = :seq",
    "DELETE FROM message WHERE seq = :seq",
)


class Retention:
    """The steps of retention, for the journal's writer. Database faults are apsw's own."""

    def __init__(self, cursor: apsw.Cursor) -> None:
        self._cursor = cursor

    def step(self, content_before_us: int, lines_before_us: int | None, most: int) -> int:
        """Look at `most` messages for each of the two; how many were looked at."""
        content_to, lines_to = self._cursor.execute("SELECT content_to, lines_to FROM retention").fetchone() or (0, 0)
        looked = self._contents(content_to, content_before_us, most)
        if lines_before_us is not None:
            looked += self._lines(lines_to, content_to, lines_before_us, most)
        return looked

    def _contents(self, content_to: int, before_us: int, most: int) -> int:
        settled_since: list[Any] = self._cursor.execute(_PASSED, (most,)).fetchall()
        for seq, _, _ in settled_since:
            self._empty(seq)
            self._cursor.execute("DELETE FROM passed WHERE seq = ?", (seq,))
        rows: list[Any] = self._cursor.execute(_NEXT, (content_to, before_us, most)).fetchall()
        for seq, _, is_settled in rows:
            if is_settled:
                self._empty(seq)
            else:
                self._cursor.execute("INSERT INTO passed VALUES (?)", (seq,))
        if rows:
            self._cursor.execute("UPDATE retention SET content_to = ?", (rows[-1][0],))
        return len(rows) + len(settled_since)

    def _empty(self, seq: int) -> None:
        """Remove a message's content; its digest, made now where it was not before, still tells it from another."""
        raw: bytes | None = self._cursor.execute(_DEFERRED, (seq,)).get
        self._cursor.execute(_EMPTY, (None if raw is None else digest_of(raw), seq))

    def _lines(self, lines_to: int, content_to: int, before_us: int, most: int) -> int:
        """Only where the content went already, and in no mark's or duplicate's way."""
        rows: list[Any] = self._cursor.execute(_NEXT, (lines_to, before_us, most)).fetchall()
        rows = [row for row in rows if row[0] <= content_to]
        for seq, _, is_settled in rows:
            if is_settled:
                self._cursor.execute(_COUNT, (seq,))
                for statement in _FORGET:
                    self._cursor.execute(statement, {"seq": seq})
        if rows:
            self._cursor.execute("UPDATE retention SET lines_to = ?", (rows[-1][0],))
        return len(rows)
