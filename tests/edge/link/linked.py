"""A hospital with one link, running: real sockets, journal and record, and what came of what was sent."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hl7.client import MLLPClient

from tabard.dialect import load
from tabard.ground.ids import KeyedIds
from tabard.ground.time import system_clock
from tabard.journal import JournalReader
from tabard.link import Applier, JournalView, Links, LinkSettings, add_link, journal_of
from tabard.link.parked import JOURNAL_FILE
from tabard.record import RecordReader, RecordWriter

PATIENCE_S = 60
KEY = b"ids of a test"


class Hospital:
    """A hospital with one link, and what came of what was sent to it."""

    def __init__(self, folder: Path, links: Links) -> None:
        self.links = links
        self.record = RecordReader(folder / "record.db")
        self.journal: JournalView = journal_of(folder)
        self._reader = JournalReader(folder / JOURNAL_FILE)

    def send(self, messages: list[bytes]) -> list[str]:
        """Send by python-hl7's client, wait until none waits; the acknowledgement codes."""
        ((host, port),) = self.links.addresses().values()
        with MLLPClient(host, port) as client:  # type: ignore[no-untyped-call]  # python-hl7 has no types
            answers = [client.send_message(raw) for raw in messages]
        self.settle()
        return [match[1].decode() for raw in answers if (match := re.search(rb"\rMSA\|(\w\w)\|", raw))]

    def settle(self) -> None:
        """Wait until no message waits but what is held."""
        end = time.monotonic() + PATIENCE_S
        while any(self._reader.backlog()):
            assert time.monotonic() < end, self.links.faults()
            time.sleep(0.02)  # between two looks at another thread's work; no test's outcome hangs on it

    def held(self) -> Counter[str | None]:
        """How many messages are held, by reason."""
        held = (self.journal.line(seq) for seqs in self._reader.held_keys().values() for seq in seqs)
        return Counter(line.reason for line in held)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every resource of a type."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.record.search(kind, [], count=100, cursor=cursor)
            found += [one.resource() for one in page.matches]
            if (cursor := page.next) is None:
                return found


@contextmanager
def hospital(folder: Path, dialect: str) -> Iterator[Hospital]:
    """A hospital in the folder, its link listening until the end; what waited is applied."""
    if not (folder / "links").exists():
        add_link(folder, LinkSettings(name="pas", dialect=dialect, port=0))
    RecordWriter(folder / "record.db").close()

    def make_applier() -> Applier:
        return Applier(RecordWriter(folder / "record.db"), lambda _: load(dialect), KeyedIds(KEY), system_clock)

    links = Links(folder, make_applier, system_clock, applied_to=RecordReader(folder / "record.db").applied_to())
    links.start()
    try:
        found = Hospital(folder, links)
        found.settle()
        yield found
    finally:
        links.stop()
