"""Replay: journaled messages read back and translated again, on one core; the mark is 1,000,000 in ten minutes, 600 µs each.

The messages are whole days of a pretend 600-bed hospital (admissions, moves, results, appointments, letters), each with a
control id of its own, in a journal file. Counted is all of reading the journal, parsing and translating. The time is told by
tenths, so that what grows with the size of the journal shows; for what is not a million the figure for one is reckoned.

    python bench/replay.py [--messages 20000] [--dir DIR]
"""

import argparse
import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.dialect import Untranslatable, load, translate
from tabard.ground.ids import KeyedIds
from tabard.hl7v2 import parse
from tabard.journal import Arrival, JournalReader, JournalWriter
from tabard.link.identity import LooseIds
from tabard.sandbox import LORENZO, WholeDay, worded

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
MILLION, MARK_S, COMMIT = 1_000_000, 600, 2000


def days() -> Iterator[bytes]:
    """Day after day of one hospital, for as long as is asked."""
    hospital = WholeDay(1, begin=BEGIN)
    layout = hospital.census.layout
    yield from worded(hospital.fill(BEGIN, 0.8), layout, LORENZO, "F")
    for number in count():
        told = hospital.told(BEGIN + timedelta(days=number), 24)
        yield from worded(told, layout, LORENZO, f"D{number}-")


def journaled(path: Path, messages: int) -> int:
    """A journal of so many messages; the bytes of them."""
    writer, size, source = JournalWriter(path), 0, days()
    for number in range(messages):
        raw = next(source)
        size += len(raw)
        told = raw.split(b"|", 10)[8].decode()
        arrival = Arrival("pas", "127.0.0.1", BEGIN, raw, f"C{number}", "LORENZO", told, _digest(raw), len(raw))
        writer.append(arrival, ack_code="AA", ack=b"")
        if number % COMMIT == COMMIT - 1:
            writer.commit()
    writer.commit()
    writer.close()
    return size


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def replayed(path: Path, messages: int) -> tuple[list[float], Counter[str]]:
    """Seconds of each tenth, and how many messages became what."""
    dialect, ids, fates = load("itk-2.4"), LooseIds(KeyedIds(b"bench"), "pas"), Counter[str]()
    reader, tenths, done = JournalReader(path), list[float](), 0
    ends = [messages * n // 10 for n in range(1, 11)]
    begun = time.perf_counter()
    for waiting in reader.between(1, messages):
        try:
            fates[translate(parse(waiting.raw), dialect, ids).event] += 1
        except Untranslatable as fault:
            fates[f"not: {fault.reason}"] += 1
        done += 1
        if done == ends[len(tenths)]:
            now = time.perf_counter()
            tenths.append(now - begun)
            begun = now
    reader.close()
    assert done == messages, (done, messages)
    return tenths, fates


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--dir", default=None, help="where the journal is made (default: the temporary folder)")
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with TemporaryDirectory(dir=options.dir) as folder:
        path = Path(folder) / "journal.db"
        size = journaled(path, options.messages)
        tenths, fates = replayed(path, options.messages)
    each_us = sum(tenths) / options.messages * 1e6
    spread = ", ".join(f"{one / options.messages * 1e7:.0f}" for one in tenths)
    whole_s = each_us * MILLION / 1e6
    told = "took" if options.messages == MILLION else "would take"
    print(
        f"replay: {options.messages} messages of {size // options.messages} bytes in the mean, {each_us:.0f} µs each on one"
        f" core (by tenths: {spread}); a million {told} {whole_s / 60:.1f} minutes; mark {MARK_S / 60:.0f}"
    )
    print("  " + ", ".join(f"{number} {fate}" for fate, number in fates.most_common()))


if __name__ == "__main__":
    main()
