"""Ledgers of evidence that were verified, kept in memory by their heads: what was hashed once is not hashed for each read."""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select

from tabard.accreditation.claims import BadLedger, Ledger, read_ledger
from tabard.store.tables import EVIDENCE

_MOST_KEPT = 64 * 1024 * 1024
"""Characters of lines as they are written, in all ledgers that one store keeps in memory."""


class _Kept(NamedTuple):
    """A ledger whose chain held, the digest of its last line, and how many characters its lines have."""

    ledger: Ledger
    head: str
    length: int


_NONE = _Kept(Ledger(), "", 0)


class KeptLedgers:
    """Each organisation's ledger as this process verified it last; for any number of threads.

    A line is verified when it is first read: against the line before, and the last of a read against the digest beside it. A later
    read verifies the lines that came since, whoever wrote them, onwards from the head that is kept. Where the table no longer has
    that head at that number, the ledger is read and verified whole. A line that somebody changed below the head after it was
    verified is therefore not seen by this process; it counts for nothing here, for what is kept is what was verified, and it
    is found when the store is opened anew. Lines of ledgers that were asked for longest ago go when there are too many.
    """

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def read(self, connection: Connection, organisation: str) -> Ledger:
        """That organisation's ledger as it stands in the table. Raises BadLedger where the chain does not hold.

        The connection has written no line of its own in this transaction: what is kept must not outlive what is undone.
        """
        with self._lock:
            kept = self._kept.get(organisation, _NONE)
        found = _read(connection, organisation, kept)
        with self._lock:
            self._keep(organisation, found)
        return found.ledger

    def _keep(self, organisation: str, found: _Kept) -> None:
        self._kept.pop(organisation, None)
        if found.ledger.entries:  # of whom nothing is known, nothing is kept: their number has no bound
            self._kept[organisation] = found
        while sum(one.length for one in self._kept.values()) > self._most:
            self._kept.popitem(last=False)


def _read(connection: Connection, organisation: str, kept: _Kept) -> _Kept:
    number = len(kept.ledger.entries)
    columns = (EVIDENCE.c.number, EVIDENCE.c.sha256, EVIDENCE.c.entry)
    asked = select(*columns).where(EVIDENCE.c.organisation == organisation).order_by(EVIDENCE.c.number)
    rows = connection.execute(asked.where(EVIDENCE.c.number >= number)).all()
    if number and (not rows or (rows[0].number, rows[0].sha256) != (number, kept.head)):
        return _read(connection, organisation, _NONE)
    new = rows[1:] if number else rows
    if not new:
        return kept
    ledger = read_ledger((msgspec.json.decode(row.entry) for row in new), kept.ledger)
    if ledger.head != new[-1].sha256:
        raise BadLedger("the ledger was changed after it was written", where=f"entry {len(ledger.entries)}")
    return _Kept(ledger, new[-1].sha256, kept.length + sum(len(row.entry) for row in new))
