"""Which messages came under a control id: known in memory for the latest, in a table for all before.

An index kept with each message would touch a page of its own for each sender, at each commit, and double what is
written. So new ones are only remembered (a restart reads them from the end of `message`), and go into the table many at
a time, in its order.
"""

from typing import Any

import apsw

BATCH = 2048
"""So many are remembered in memory before they go into the table."""

_MOST = 100
_LATEST = "SELECT seq, link, control_id FROM message WHERE seq > ? AND first IS NULL AND digest <> x'' AND ack_code NOT IN ('AR', 'CR') ORDER BY seq"
_FIND = "SELECT seq FROM identity WHERE link = ? AND control_id = ? LIMIT 100"  # newest first: the key's order
_ADD = "INSERT INTO identity (link, control_id, seq) VALUES (?, ?, ?)"

Identity = tuple[str, str, int]
"""Link, control id, number in the journal."""


class Identities:
    """The identities of a journal file's messages, for its writer. Database faults are apsw's own."""

    def __init__(self, cursor: apsw.Cursor) -> None:
        self._cursor = cursor
        self._latest: dict[tuple[str, str], list[int]] = {}
        self._unwritten: list[Identity] = []
        self._is_writing = False
        indexed_to = cursor.execute("SELECT indexed_to FROM progress").get
        latest: list[Any] = cursor.execute(_LATEST, (indexed_to,)).fetchall()
        for seq, link, control_id in latest:
            self.add(link, control_id, seq)

    def seqs(self, link: str, control_id: str) -> list[int]:
        """The numbers of the messages under a control id, newest first; of very many only the newest."""
        before: list[Any] = self._cursor.execute(_FIND, (link, control_id)).fetchall()
        latest = self._latest.get((link, control_id))
        if not before and latest is None:
            return []
        return [*reversed(latest or ()), *(seq for (seq,) in before)][:_MOST]

    def add(self, link: str, control_id: str, seq: int) -> None:
        """A message was appended."""
        self._latest.setdefault((link, control_id), []).append(seq)
        self._unwritten.append((link, control_id, seq))

    def write(self) -> None:
        """Within the transaction that is about to be committed: move to the table, when there are enough."""
        if len(self._unwritten) < BATCH:
            return
        self._cursor.executemany(_ADD, sorted(self._unwritten))
        self._cursor.execute("UPDATE progress SET indexed_to = ?", (self._unwritten[-1][2],))
        self._is_writing = True

    def committed(self) -> None:
        """The transaction is durable."""
        if self._is_writing:
            self._latest.clear()
            self._unwritten.clear()
            self._is_writing = False

    def rolled_back(self, committed_seq: int) -> None:
        """Messages numbered higher than `committed_seq` never were."""
        self._is_writing = False
        while self._unwritten and self._unwritten[-1][2] > committed_seq:
            link, control_id, _ = self._unwritten.pop()
            seqs = self._latest[link, control_id]
            seqs.pop()
            if not seqs:
                del self._latest[link, control_id]
