"""The book of writes on disk: every change is on stable storage when its method returns."""

from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from tabard.ground.errors import InternalError, NotFound
from tabard.ground.time import Clock, from_us, to_us
from tabard.link.durable import Durable
from tabard.link.writeback.model import Author, Write, WriteState
from tabard.link.writeback.tables import STEPS

BOOK_FILE = "writeback.db"
_COLUMNS = "id, resource, patient, link, destination, control_id, number, state, reason, remedy, created, changed, client, person"
_SELECT = f"SELECT {_COLUMNS} FROM write"  # noqa: S608  constants only
_STATE, _TIMES = 7, (10, 11)
_MOST = 500


class Intent(Struct, frozen=True):
    """What is to be written down before anything else is done."""

    resource: str
    patient: str
    link: str
    destination: str
    control_id: str
    key: bytes | None
    digest: bytes
    body: bytes | None
    message: bytes | None
    numbers: tuple[str, ...]
    author: Author


class Content(Struct, frozen=True):
    """What a write holds; `body` and `message` are None too where retention took them."""

    body: bytes | None
    message: bytes | None
    numbers: tuple[str, ...]


class Book:
    """Writes in a file of their own. Any thread may use it. Raises InternalError when the file fails."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._file = Durable(folder / BOOK_FILE, STEPS, _book_fault)

    def enter(self, intent: Intent) -> tuple[Write, bytes | None]:
        """Enter an intent. Where one has its key already, that one, with the digest of what it was; else a new one, and None."""
        now = to_us(self._clock())
        with self._file.writing() as cursor:
            if intent.key is not None:
                row: Any = cursor.execute("SELECT id, digest FROM write WHERE key = ?", (intent.key,)).fetchone()
                if row is not None:
                    return _one(cursor, row[0]), row[1]
            cursor.execute(
                "INSERT INTO write (resource, patient, link, destination, control_id, key, digest, body, message, numbers,"
                " created, changed, client, person) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(intent.resource, intent.patient, intent.link, intent.destination, intent.control_id, intent.key),
                    *(intent.digest, intent.body, intent.message, "\n".join(intent.numbers)),
                    *(now, now, intent.author.client, intent.author.person),
                ),
            )
            return _one(cursor, self._file.connection.last_insert_rowid()), None

    def held(self, key: bytes) -> tuple[Write, bytes] | None:
        """The write that has a key, with the digest of what it was; None where none has."""
        with self._file.reading() as cursor:
            row: Any = cursor.execute("SELECT id, digest FROM write WHERE key = ?", (key,)).fetchone()
            return None if row is None else (_one(cursor, row[0]), row[1])

    def strike(self, number: int) -> None:
        """Take back an intent of which nothing was done."""
        with self._file.writing() as cursor:
            cursor.execute("DELETE FROM write WHERE id = ? AND is_filed = 0 AND number IS NULL", (number,))

    def content(self, number: int) -> Content:
        """What a write holds."""
        with self._file.reading() as cursor:
            row: Any = cursor.execute("SELECT body, message, numbers FROM write WHERE id = ?", (number,)).fetchone()
        body, message, numbers = row
        return Content(body, message, tuple(numbers.splitlines()))

    def filed(self, number: int, in_outbox: int | None) -> None:
        """It is in the record, and in the outbox under that number."""
        with self._file.writing() as cursor:
            cursor.execute("UPDATE write SET is_filed = 1, number = ? WHERE id = ?", (in_outbox, number))

    def settle(self, number: int, state: WriteState, reason: str, remedy: str) -> bool:
        """How it stands now; whether that is new. What is confirmed stays so."""
        with self._file.writing() as cursor:
            row: Any = cursor.execute("SELECT state, reason, remedy FROM write WHERE id = ?", (number,)).fetchone()
            if row == (state.value, reason, remedy) or row[0] == WriteState.confirmed:
                return False
            cursor.execute(
                "UPDATE write SET state = ?, reason = ?, remedy = ?, changed = ?, is_told = 0 WHERE id = ?",
                (state.value, reason, remedy, to_us(self._clock()), number),
            )
            return True

    def told(self, number: int, state: WriteState, reason: str) -> None:
        """The record has the tag of that state, unless it moved on meanwhile."""
        with self._file.writing() as cursor:
            cursor.execute(
                "UPDATE write SET is_told = 1 WHERE id = ? AND state = ? AND reason = ?", (number, state.value, reason)
            )

    def trying(self, number: int) -> datetime | None:
        """A try over FHIR begins; when one began before whose end nobody knows."""
        with self._file.writing() as cursor:
            row: Any = cursor.execute("SELECT tried FROM write WHERE id = ?", (number,)).fetchone()
            cursor.execute("UPDATE write SET tried = ifnull(tried, ?) WHERE id = ?", (to_us(self._clock()), number))
        return None if row[0] is None else from_us(row[0])

    def not_tried(self, number: int) -> None:
        """What was tried over FHIR surely did nothing there."""
        with self._file.writing() as cursor:
            cursor.execute("UPDATE write SET tried = NULL WHERE id = ?", (number,))

    def made(self, number: int, there: str) -> None:
        """Over FHIR it was made, and is read back under that id."""
        with self._file.writing() as cursor:
            cursor.execute("UPDATE write SET there = ? WHERE id = ?", (there, number))

    def made_there(self) -> tuple[tuple[Write, str], ...]:
        """Those that were made over FHIR and not read back yet, oldest first, each with its id there."""
        with self._file.reading() as cursor:
            rows: Any = cursor.execute(
                f"SELECT {_COLUMNS}, there FROM write WHERE state = 'accepted' AND there IS NOT NULL"  # noqa: S608  constants only
                f" ORDER BY id LIMIT {_MOST}"
            ).fetchall()
        return tuple((_made(row[:-1]), row[-1]) for row in rows)

    def unfiled(self) -> tuple[Write, ...]:
        """Those that a fall left half done, oldest first."""
        return self._all("WHERE is_filed = 0 ORDER BY id")

    def untold(self) -> tuple[Write, ...]:
        """Those whose state the record does not show yet, oldest first."""
        return self._all("WHERE is_told = 0 AND is_filed = 1 ORDER BY id")

    def open(self, after: int = 0) -> tuple[Write, ...]:
        """Those in the record that are not confirmed, oldest first, from the one after `after`: at most some hundreds."""
        return self._all(f"WHERE state != 'confirmed' AND is_filed = 1 AND id > ? ORDER BY id LIMIT {_MOST}", after)

    def of_patient(self, patient: str) -> tuple[Write, ...]:
        """Those of a patient, newest first."""
        return self._all(f"WHERE patient = ? ORDER BY id DESC LIMIT {_MOST}", patient)

    def of_resource(self, resource: str) -> Write | None:
        """The latest write of a resource; None where nobody wrote it here."""
        return next(iter(self._all("WHERE resource = ? ORDER BY id DESC LIMIT 1", resource)), None)

    def in_outbox(self, number: int) -> Write | None:
        """The write whose message has that number in the outbox."""
        return next(iter(self._all("WHERE number = ? ORDER BY id LIMIT 1", number)), None)

    def list(self, state: WriteState | None, before: int | None, limit: int) -> tuple[Write, ...]:
        """Writes, newest first: those in `state` where given, numbered lower than `before`."""
        return self._all(
            "WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3",
            None if state is None else state.value,
            before,
            min(limit, _MOST),
        )

    def counts(self) -> dict[str, int]:
        """How many are in each state."""
        with self._file.reading() as cursor:
            rows: Any = cursor.execute("SELECT state, count(*) FROM write GROUP BY state").fetchall()
        return dict.fromkeys(map(str, WriteState), 0) | dict(rows)

    def entry(self, number: int) -> Write:
        """One write. Raises NotFound."""
        with self._file.reading() as cursor:
            return _one(cursor, number)

    @property
    def seen(self) -> int:
        """Up to which change of the outbox all is known here."""
        with self._file.reading() as cursor:
            row: Any = cursor.execute("SELECT change FROM seen").fetchone()
        return int(row[0])

    def forget(self, before: datetime) -> int:
        """Take away what was written by those that the record system said it has, before then; of how many. The line stays.

        What is on its way, was refused or is unclear keeps it: a person may have it sent again.
        """
        with self._file.writing() as cursor:
            cursor.execute(
                "UPDATE write SET body = NULL, message = NULL WHERE state IN (?, ?) AND is_filed = 1"
                " AND changed < ? AND (body IS NOT NULL OR message IS NOT NULL)",
                (WriteState.accepted.value, WriteState.confirmed.value, to_us(before)),
            )
            return self._file.connection.changes()

    def note_seen(self, change: int) -> None:
        """All up to this change of the outbox is known here."""
        with self._file.writing() as cursor:
            cursor.execute("UPDATE seen SET change = ?", (change,))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _all(self, where: str, *values: object) -> tuple[Write, ...]:
        with self._file.reading() as cursor:
            rows: Any = cursor.execute(f"{_SELECT} {where}", values).fetchall()
        return tuple(_made(row) for row in rows)


def _book_fault(fault: apsw.Error) -> InternalError:
    return InternalError("the book of writes failed", got=type(fault).__name__)


def _one(cursor: apsw.Cursor, number: int) -> Write:
    row: Any = cursor.execute(f"{_SELECT} WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound("there is no such write", got=str(number), remedy="see `tabard link outbox`")
    return _made(row)


def _made(row: Any) -> Write:
    values = list(row)
    values[_STATE] = WriteState(values[_STATE])
    for place in _TIMES:
        values[place] = from_us(values[place])
    return Write(*values)
