"""A hospital's folder with one link and what its journal holds, and the people who may say what its feed means."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from tabard.dialect import Dialect, load
from tabard.ground.ids import KeyedIds
from tabard.journal import Arrival, JournalWriter
from tabard.link import LinkSettings, Signatory, add_link

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
YESTERDAY = datetime(2026, 3, 2, 10, 41, tzinfo=UTC)
IDS = KeyedIds(b"ids of a test")
LEAD = Signatory("iain", "Iain Pryce", frozenset({"integration"}))
OFFICER = Signatory("sana", "Dr Sana Iqbal", frozenset({"clinical_safety"}))
BOTH = Signatory("bo", "Bo Both", frozenset({"integration", "clinical_safety"}))
NURSE = Signatory("nadia", "Nadia Achebe", frozenset({"clinician"}))


class Ticking:
    """A clock that moves on by a second each time it is looked at."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """A second later than the last time."""
        self.now += timedelta(seconds=1)
        return self.now


def begun(folder: Path, dialect: str = "itk-2.4") -> Path:
    """The folder of a hospital with the link `pas`."""
    (folder / "hospital.toml").touch()
    add_link(folder, LinkSettings(name="pas", dialect=dialect, port=0))
    return folder


def fill(folder: Path, *messages: bytes, at: datetime = YESTERDAY, link: str = "pas") -> None:
    """Journal messages as if they had come at `at`, a second apart."""
    writer = JournalWriter(folder / "journal.db")
    for number, raw in enumerate(messages):
        when = at + timedelta(seconds=number)
        digest = bytes([1]) + number.to_bytes(31, "big")
        fields = raw.split(b"|")
        event = fields[8].decode() if len(fields) > 8 else ""
        arrival = Arrival(link, "peer", when, raw, f"C{when:%s}", "LORENZO|RXX", event, digest, len(raw))
        writer.append(arrival, ack_code="AA", ack=b"ack")
    writer.commit()
    writer.close()


def changed(**values: object) -> Dialect:
    """The ITK dialect with other values, a table by its dotted name with `__` for the dot: `locations__bed=3`."""
    dialect = load("itk-2.4")
    for name, value in values.items():
        table, _, key = name.partition("__")
        new = value if not key else msgspec.structs.replace(getattr(dialect, table), **{key: value})
        dialect = msgspec.structs.replace(dialect, **{table: new})
    return dialect
