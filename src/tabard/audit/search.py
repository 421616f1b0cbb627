"""Searching the audit: by patient, person, product, what was done, how it ended, and when; the newest first.

What is answered is read from the log itself: the index only says where it stands.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import msgspec

from tabard.audit.chain import Line
from tabard.audit.event import AuditEvent, Outcome
from tabard.audit.file import SUFFIX
from tabard.audit.index import FILE, Index, Progress, progress_of
from tabard.audit.index_tables import PLACE_BITS
from tabard.database import read_only
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.time import to_us

AUDITORS = frozenset({"clinical_safety", "admin"})
"""The roles whose people may look at the audit."""

MOST = 1000
"""The most events to a page."""

_LONGEST_PLACE = 40
_ENTRY_ID = re.compile(r"([0-9]{8,12})-([0-9a-f]{8})-([0-9]{1,12})", re.ASCII)
_PLACES = (1 << PLACE_BITS) - 1
_decode = msgspec.json.Decoder(Line).decode


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; all that is said must hold. `since` counts, `until` does not. Ids as the audit has them."""

    patient: str | None = None
    person: str | None = None
    client: str | None = None
    action: str | None = None
    outcome: Outcome | None = None
    resource: str | None = None
    glass: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as the log has it: line `n` (from 0) of the chain in `file`. `event` is None where that line is gone or changed."""

    file: str
    n: int
    event: AuditEvent | None

    @property
    def id(self) -> str:
        """An id of this event among all: its file's number and chain, and its line."""
        number, *_, chain = self.file.partition(".")[0].split("-")
        return f"{number}-{chain}-{self.n}"


@dataclass(frozen=True, slots=True)
class Found:
    """A page: `older` is where the next begins, None at the end; `progress` is how far the index was."""

    entries: tuple[Entry, ...]
    older: str | None
    progress: Progress


class Search:
    """Asks the index of the log in `folder`. Blocking; any thread. `index`, where this process fills it, catches up first."""

    def __init__(self, folder: Path, index: Index | None = None) -> None:
        self._folder = folder
        self._index = index

    def find(self, asked: Asked, limit: int = 50, before: str | None = None) -> Found:
        """The newest `limit` events, those older than `before`. Raises NotFound where no index was ever made, CallerError."""
        if self._index is not None:
            self._index.catch_up(_CATCH_UP_BYTES)
        limit = min(max(limit, 1), MOST)
        sql, bound = _statement(asked, before)
        with self._opened() as connection:
            rows = list(connection.execute(f"{sql} LIMIT {limit + 1:d}", bound))
            entries = tuple(self._entries(connection, (id_ for id_, _ in rows[:limit])))
            progress = progress_of(connection, self._folder)
        older = f"{rows[limit - 1][1]}.{rows[limit - 1][0]}" if len(rows) > limit else None
        return Found(entries, older, progress)

    def entry(self, entry_id: str) -> Entry | None:
        """The event of an `Entry.id`; None where there is none. Goes through its file as far as the line."""
        found = _ENTRY_ID.fullmatch(entry_id)
        files = [] if found is None else sorted(self._folder.glob(f"{found[1]}-*-{found[2]}{SUFFIX}"))
        if found is None or len(files) != 1 or int(found[3]) < 1:
            return None
        place = int(found[3])
        with files[0].open("rb") as file:
            line = next(islice(file, place, place + 1), None)
        if line is None or not line.endswith(b"\n"):  # what its process died on was never finished
            return None
        told = _read(files[0].name, line)
        return told if told.n == place else Entry(files[0].name, place, None)

    def count(self, asked: Asked) -> int:
        """How many there are in all."""
        sql, bound = _statement(asked, None)
        with self._opened() as connection:
            return int(connection.execute(f"SELECT COUNT(*) FROM ({sql})", bound).get)  # noqa: S608  made below

    def progress(self) -> Progress:
        """How far the index is."""
        with self._opened() as connection:
            return progress_of(connection, self._folder)

    @contextmanager
    def _opened(self) -> Iterator[apsw.Connection]:
        try:
            connection = read_only(self._folder / FILE)
        except NotFound as fault:
            raise NotFound(
                "the audit was never indexed",
                where=str(self._folder / FILE),
                remedy="serve the hospital, or run `tabard audit search`, which makes the index",
            ) from fault
        try:
            yield connection
        finally:
            connection.close()

    def _entries(self, connection: apsw.Connection, ids: Iterable[int]) -> Iterator[Entry]:
        files = {id_: str(file) for id_, file in connection.execute("SELECT id, file FROM chain")}
        for id_ in ids:
            yield self._entry(files[id_ >> PLACE_BITS], id_ & _PLACES)

    def _entry(self, name: str, place: int) -> Entry:
        """The event at a place of a file. What cannot be read any more is told so, and is for `verify` to find."""
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(place)
                return _read(name, file.readline())
        except OSError:
            return Entry(name, -1, None)


def _read(name: str, raw: bytes) -> Entry:
    """A line of a file. What cannot be read any more is told so."""
    try:
        line = _decode(raw)
        return Entry(name, line.n, None if line.event is None else msgspec.convert(line.event, AuditEvent))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Entry(name, -1, None)


_CATCH_UP_BYTES = 8 << 20
"""As much of the log is taken into the index before an answer, so that it holds the last moments too."""


def _statement(asked: Asked, before: str | None) -> tuple[str, list[Any]]:
    """The ids and moments of what is asked for, newest first; with its bound values."""
    source, at = ("about JOIN event ON event.id = about.event", "about") if asked.patient else ("event", "event")
    where: list[tuple[str, Any]] = [("about.patient = ?", asked.patient)] if asked.patient else []
    told_of = ((name, getattr(asked, name)) for name in ("person", "client", "action", "outcome", "glass"))
    where += [(f"event.{name} = ?", str(value)) for name, value in told_of if value is not None]
    if asked.resource is not None:
        where.append(_of_resource(asked.resource))
    where += [(f"{at}.at_us >= ?", to_us(asked.since))] if asked.since else []
    where += [(f"{at}.at_us < ?", to_us(asked.until))] if asked.until else []
    told = [text for text, _ in where]
    bound: list[Any] = [value for _, value in where]
    if before is not None:
        told.append(f"({at}.at_us, event.id) < (?, ?)")
        bound += _place(before)
    conditions = f"WHERE {' AND '.join(told)}" if told else ""
    order = f"ORDER BY {at}.at_us DESC, event.id DESC"
    return f"SELECT event.id, event.at_us FROM {source} {conditions} {order}", bound  # noqa: S608  all values are bound


def _of_resource(resource: str) -> tuple[str, str]:
    """One resource by its reference, or all of a type."""
    return (
        ("event.resource = ?", resource)
        if "/" in resource
        else ("event.resource || '/' GLOB ? || '/*'", _plain(resource))
    )


def _plain(words: str) -> str:
    """Words in which no mark of a pattern is left."""
    return "".join(letter for letter in words if letter.isalnum())


def _place(before: str) -> tuple[int, int]:
    at, _, id_ = before.partition(".")
    if not (at.isascii() and at.isdigit() and id_.isascii() and id_.isdigit()) or len(before) > _LONGEST_PLACE:
        raise CallerError("this is no place in the audit", where="before", remedy="follow the link of a page as it is")
    return int(at), int(id_)
