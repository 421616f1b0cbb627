"""What the EHR refused and what was not believed, counted in a file so that it is seen afterwards. Never any content.

Of a doubt about a patient the record's id is kept, for whoever has to look at the two systems.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import apsw

from tabard.database import connect, migrate, read_only
from tabard.ground.time import Clock, from_us, to_us
from tabard.link.ehr.errors import TOLD, Doubt
from tabard.link.ehr.id_map import SPOILT

_STEPS = (
    """
    CREATE TABLE refusal (
        reason TEXT NOT NULL,
        patient TEXT NOT NULL,
        count INTEGER NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (reason, patient)
    ) WITHOUT ROWID;
    """,
)
_SELECT = "SELECT reason, sum(count), max(last), count(DISTINCT nullif(patient, '')) FROM refusal"
_SENTENCES = {
    "unreachable": "The record system could not be reached.",
    "too_slow": "The record system did not answer in time.",
    "busy": "The record system asked us to wait, or too many questions were open.",
    "not_let_in": "The record system did not let us in.",
    "bad_answer": "The record system answered what cannot be used.",
    "rejected": "The record system refused a question, or failed on it.",
    "conflict": "A write met a newer version.",
    "not_known": "It is not known whether a write was done.",
    "over_budget": "The minute's requests for asking beforehand were used up.",
    SPOILT: "A row of the map of ids was changed in its file, and was dropped.",
    **{doubt.value: sentence for doubt, (sentence, _) in TOLD.items()},
}
_DOUBTS = frozenset(doubt.value for doubt in Doubt)


class Refusal(NamedTuple):
    """How often something was refused, for how many patients (of doubts), when last, and what it means."""

    reason: str
    times: int
    last: datetime
    patients: int
    sentence: str
    is_doubt: bool


class Ledger:
    """The counts of one link. Safe from any thread."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._connection = connect(path, durable=False)
        migrate(self._connection, _STEPS)
        self._clock = clock
        self._lock = Lock()

    def tell(self, reason: str, patient: str = "") -> None:
        """One more."""
        now = to_us(self._clock())
        with self._lock, self._connection:
            self._connection.execute(
                "INSERT INTO refusal (reason, patient, count, first, last) VALUES (?, ?, 1, ?, ?)"
                " ON CONFLICT (reason, patient) DO UPDATE SET count = count + 1, last = excluded.last",
                (reason, patient, now, now),
            )

    def since(self, past: timedelta) -> tuple[Refusal, ...]:
        """What happened within the past so long."""
        with self._lock:
            return _read(self._connection, to_us(self._clock() - past))

    def patients(self, reason: str) -> tuple[str, ...]:
        """The record's ids of the patients of a doubt, the latest first."""
        with self._lock:
            rows = list(
                self._connection.execute("SELECT patient FROM refusal WHERE reason = ? ORDER BY last DESC", (reason,))
            )
        return tuple(patient for (patient,) in rows if patient)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._connection.close()


def counted(path: Path) -> tuple[Refusal, ...]:
    """All that was ever counted in the file; empty where there is none yet."""
    if not path.is_file():
        return ()
    connection = read_only(path)
    try:
        return _read(connection, 0)
    finally:
        connection.close()


def _read(connection: apsw.Connection, after_us: int) -> tuple[Refusal, ...]:
    rows = connection.execute(f"{_SELECT} WHERE last >= ? GROUP BY reason ORDER BY max(last) DESC", (after_us,))
    return tuple(
        Refusal(reason, count, from_us(last), patients, _SENTENCES.get(reason, reason), reason in _DOUBTS)
        for reason, count, last, patients in rows
    )


Tell = Callable[[str], None]
"""Counts one more refusal of that reason."""
