"""Which messages came under a control id: known in memory for the latest, in a table for all before.

An index kept with each message would touch a page of its own for each sender, at each commit, and double what is
written. So new ones are only remembered (a restart reads them from the end of `message`), and go into the table many at
a time, in its order.
"""

from collections.abc import Iterator, Mapping, Sequence
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

ControlIds = Mapping[str, Sequence[str]]
"""Control ids by link."""

_Seqs = int | tuple[int, ...]  # a bare number in the usual case: that it is one


class Identities:
    """The identities of a journal file's messages, for its writer. Database faults are apsw's own."""

    def __init__(self, cursor: apsw.Cursor) -> None:
        self._cursor = cursor
        self._latest: dict[str, dict[str, _Seqs]] = {}
        self._open: list[tuple[str, Sequence[str], Sequence[int]]] = []
        self._unwritten = 0
        self._is_writing = False
        indexed_to = cursor.execute("SELECT indexed_to FROM progress").get
        for seq, link, control_id in cursor.execute(_LATEST, (indexed_to,)):
            self.add(link, control_id, seq)
        self._open.clear()

    def known(self, control_ids: ControlIds) -> set[tuple[str, str]]:
        """Link and control id of those under which messages came, or may have come: one look into the table for all of a link."""
        return {(link, control_id) for link, ids in control_ids.items() for control_id in self._known(link, set(ids))}

    def _known(self, link: str, wanted: set[str]) -> set[str]:
        latest = self._latest.get(link, {})
        found = {control_id for control_id in wanted if control_id in latest}
        left = tuple(wanted - found)
        if "\0" in "".join(left):  # NUL would end the text for carray: such are looked at by themselves
            found.update(control_id for control_id in left if "\0" in control_id)
            left = tuple(wanted - found)
        if left:
            rows: list[Any] = self._cursor.execute(_KNOWN, (apsw.carray(left), link)).fetchall()
            found.update(control_id for (control_id,) in rows)
        return found

    def seqs(self, link: str, control_id: str) -> list[int]:
        """The numbers of the messages under a control id, newest first; of very many only the newest."""
        before: list[Any] = self._cursor.execute(_FIND, (link, control_id)).fetchall()
        latest = _several(self._latest.get(link, {}).get(control_id, ()))
        return [*reversed(latest), *(seq for (seq,) in before)][:_MOST]

    def add(self, link: str, control_id: str, seq: int) -> None:
        """A message was appended."""
        latest = self._latest.setdefault(link, {})
        earlier = latest.get(control_id)
        latest[control_id] = seq if earlier is None else (*_several(earlier), seq)[-_MOST:]
        self._open.append((link, (control_id,), (seq,)))
        self._unwritten += 1

    def add_new(self, control_ids: ControlIds, seqs: Mapping[str, Sequence[int]]) -> None:
        """Messages were appended, their numbers by link as their control ids are, none of which is known."""
        for link, ids in control_ids.items():
            self._latest.setdefault(link, {}).update(zip(ids, seqs[link], strict=True))
            self._open.append((link, ids, seqs[link]))
            self._unwritten += len(ids)

    def write(self) -> None:
        """Within the transaction that is about to be committed: move to the table, when there are enough."""
        if self._unwritten < BATCH:
            return
        self._cursor.executemany(_ADD, self._rows())
        last = max(seq for latest in self._latest.values() for seqs in latest.values() for seq in _several(seqs))
        self._cursor.execute("UPDATE progress SET indexed_to = ?", (last,))
        self._is_writing = True

    def _rows(self) -> Iterator[tuple[str, str, int]]:
        """In the table's order."""
        for link in sorted(self._latest):
            latest = self._latest[link]
            for control_id in sorted(latest):
                seqs = latest[control_id]
                if isinstance(seqs, int):
                    yield link, control_id, seqs
                else:
                    yield from ((link, control_id, seq) for seq in reversed(seqs))

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
        for link, control_ids, seqs in reversed(self._open):
            self._unwritten -= len(control_ids)
            for control_id, seq in zip(control_ids, seqs, strict=True):
                self._take_back(self._latest[link], control_id, seq)
        self._open.clear()

    @staticmethod
    def _take_back(latest: dict[str, _Seqs], control_id: str, seq: int) -> None:
        seqs = tuple(one for one in _several(latest[control_id]) if one != seq)
        if seqs:
            latest[control_id] = seqs
        else:
            del latest[control_id]


def _several(seqs: _Seqs) -> tuple[int, ...]:
    return (seqs,) if isinstance(seqs, int) else seqs
