"""Which messages came under a control id: known in memory for the latest, in a table for all before.

An index kept with each message would touch a page of its own for each sender, at each commit, and double what is
written. So new ones are only remembered (a restart reads them from the end of `message`), and go into the table many at
a time, in its order.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import apsw

BATCH = 2048
"""So many are remembered in memory before they go into the table."""

_MOST = 100
_LATEST = (
    "SELECT seq, link, control_id FROM message WHERE seq > ? AND first IS NULL AND digest <> x''"
    " AND ack_code NOT IN ('AR', 'CR') ORDER BY seq"
)
_FIND = "SELECT seq FROM identity WHERE link = ? AND control_id = ? LIMIT 100"  # newest first: the key's order
_KNOWN = "SELECT value FROM carray(?) WHERE EXISTS (SELECT 1 FROM identity WHERE link = ? AND control_id = value)"
_ADD = "INSERT INTO identity (link, control_id, seq) VALUES (?, ?, ?)"

Identity = tuple[str, str]
"""Link, control id."""


class Identities:
    """The identities of a journal file's messages, for its writer. Database faults are apsw's own."""

    def __init__(self, cursor: apsw.Cursor) -> None:
        self._cursor = cursor
        self._latest: dict[Identity, int | tuple[int, ...]] = {}  # a bare number in the usual case: that it is one
        self._open: list[tuple[Sequence[Identity], int]] = []
        self._unwritten = 0
        self._is_writing = False
        indexed_to = cursor.execute("SELECT indexed_to FROM progress").get
        for seq, link, control_id in cursor.execute(_LATEST, (indexed_to,)):
            self.add((link, control_id), seq)
        self._open.clear()

    def known(self, identities: Iterable[Identity]) -> set[Identity]:
        """Those of `identities` under which messages came, or may have come: one look into the table for all of a link."""
        found, latest = set(), self._latest
        by_link: dict[str, list[str]] = {}
        for identity in identities:
            if identity in latest or "\0" in identity[1]:  # NUL would end the text for carray: looked at by itself
                found.add(identity)
            else:
                by_link.setdefault(identity[0], []).append(identity[1])
        for link, wanted in by_link.items():
            rows: list[Any] = self._cursor.execute(_KNOWN, (apsw.carray(tuple(wanted)), link)).fetchall()
            found.update((link, control_id) for (control_id,) in rows)
        return found

    def seqs(self, identity: Identity) -> list[int]:
        """The numbers of the messages under a control id, newest first; of very many only the newest."""
        before: list[Any] = self._cursor.execute(_FIND, identity).fetchall()
        return [*reversed(_several(self._latest.get(identity, ()))), *(seq for (seq,) in before)][:_MOST]

    def add(self, identity: Identity, seq: int) -> None:
        """A message was appended."""
        earlier = self._latest.get(identity)
        self._latest[identity] = seq if earlier is None else (*_several(earlier), seq)[-_MOST:]
        self._open.append(((identity,), seq))
        self._unwritten += 1

    def add_new(self, identities: Sequence[Identity], first_seq: int) -> None:
        """Messages were appended, numbered from `first_seq` on, under identities of which none is known."""
        self._latest.update(zip(identities, range(first_seq, first_seq + len(identities)), strict=True))
        self._open.append((identities, first_seq))
        self._unwritten += len(identities)

    def write(self) -> None:
        """Within the transaction that is about to be committed: move to the table, when there are enough."""
        if self._unwritten < BATCH:
            return
        rows = [(*identity, seq) for identity, seqs in self._latest.items() for seq in _several(seqs)]
        self._cursor.executemany(_ADD, sorted(rows))
        self._cursor.execute("UPDATE progress SET indexed_to = ?", (max(seq for _, _, seq in rows),))
        self._is_writing = True

    def committed(self) -> None:
        """The transaction is durable."""
        self._open.clear()
        if self._is_writing:
            self._latest.clear()
            self._unwritten = 0
            self._is_writing = False

    def rolled_back(self) -> None:
        """What was added since the last commit never was."""
        self._is_writing = False
        for identities, first_seq in reversed(self._open):
            self._unwritten -= len(identities)
            for seq, identity in enumerate(identities, first_seq):
                seqs = tuple(one for one in _several(self._latest[identity]) if one != seq)
                if seqs:
                    self._latest[identity] = seqs
                else:
                    del self._latest[identity]
        self._open.clear()


def _several(seqs: int | tuple[int, ...]) -> tuple[int, ...]:
    return (seqs,) if isinstance(seqs, int) else seqs
