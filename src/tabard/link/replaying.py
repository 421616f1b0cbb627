"""Persons' decisions on journaled messages (replay, release), whether the hospital is being served or not.

While it is served its own writer does it, asked over the control socket; else the journal is held and written here. None
of them sets anything off beyond the record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import Protocol, get_args

from tabard.database import Hold, hold
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.journal import GivesAgain, JournalReader, JournalWriter, State
from tabard.link.control import Verb, ask
from tabard.link.feeds import Feed
from tabard.link.loading import Loaded
from tabard.link.parked import JOURNAL_FILE, journal_of
from tabard.link.service import LOCK_FILE
from tabard.link.spans import Tell, of_day

STEP = 200
"""Messages that are asked for at once."""


class Hand(Protocol):
    """What persons decide about messages. `Links` does it while the hospital is served."""

    def replay(self, seqs: Iterable[int], by: str, reason: str, verb: GivesAgain = "replay") -> tuple[int, ...]:
        """Have messages applied again by a word that is kept as `verb`; which of them can be."""

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        """Have the held messages of `keys` tried again; which they are."""


@dataclass(frozen=True, slots=True)
class Which:
    """Messages to replay: by number, those received on a `day`, or those parked for a reason; of one link or of all."""

    seqs: tuple[int, ...] = ()
    day: date | None = None
    parked: str | None = None
    link: str | None = None

    def __post_init__(self) -> None:
        if sum((bool(self.seqs), self.day is not None, self.parked is not None)) != 1:
            raise CallerError(
                "say which messages, in one way", expected="--seq, --day or --parked", remedy="`tabard link journal`"
            )


def replay(
    folder: Path,
    which: Which,
    by: str,
    reason: str,
    clock: Clock,
    *,
    zone: tzinfo = UTC,
    tell: Tell = lambda _done, _of: None,
) -> tuple[int, ...]:
    """Have messages applied again, oldest first; the numbers of those that will be.

    Passed over are what was refused, duplicates, what waits anyway, and what retention emptied. A hospital that is not being
    served applies them when it next is. Raises CallerError without a person or a reason, NotFound without a journal.
    """
    if not by.strip() or not reason.strip():
        raise CallerError(
            "a replay wants a person and a reason", expected="--by and --reason", remedy="say who and why"
        )
    found = _found(folder, which, zone)
    done: list[int] = []
    with hand(folder, clock) as hands:
        for first in range(0, len(found), STEP):
            done += hands.replay(found[first : first + STEP], by, reason)
            tell(min(first + STEP, len(found)), len(found))
    return tuple(done)


@contextmanager
def hand(folder: Path, clock: Clock) -> Iterator[Hand]:
    """A hand on the journal of the hospital in `folder`: that of the process that serves it, or one's own.

    Raises NotFound where there is no journal, CallerError while the hospital starts or stops.
    """
    journal_of(folder).close()  # raises where there is none: a writer would make one
    if (held := _held(folder)) is None:
        yield _Asking(folder)
        return
    writer = JournalWriter(folder / JOURNAL_FILE)
    try:
        yield _Writing(writer, clock)
    finally:
        writer.close()
        held.release()


class Served(Hand, Protocol):
    """The links of a hospital that is being served."""

    def load(self, link: str, raws: Sequence[bytes], by: str, reason: str) -> Loaded:
        """Journal messages of an opening load."""

    def feeds(self) -> Sequence[Feed]:
        """How fresh each feed is."""


def verbs_of(links: Served) -> Mapping[str, Verb]:
    """What a served hospital answers over its control socket."""

    def replay(seqs: Sequence[int], by: str, reason: str, word: GivesAgain) -> tuple[int, ...]:
        if word not in get_args(GivesAgain):
            raise CallerError("no word gives messages again by this name", expected=", ".join(get_args(GivesAgain)))
        return links.replay(seqs, by, reason, word)

    return {
        "feeds": links.feeds,
        "load": lambda link, raws, by, reason: astuple(links.load(link, list(map(bytes.fromhex, raws)), by, reason)),
        "replay": replay,
        "release": lambda keys, by, reason: links.release(map(bytes.fromhex, keys), by, reason),
    }


class _Asking:
    """Has the process that serves the hospital do it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def replay(self, seqs: Iterable[int], by: str, reason: str, verb: GivesAgain = "replay") -> tuple[int, ...]:
        return tuple(ask(self._folder, "replay", seqs=list(seqs), by=by, reason=reason, word=verb))

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        return tuple(ask(self._folder, "release", keys=[key.hex() for key in keys], by=by, reason=reason))


class _Writing:
    """Writes the journal itself, the folder being held."""

    def __init__(self, writer: JournalWriter, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def replay(self, seqs: Iterable[int], by: str, reason: str, verb: GivesAgain = "replay") -> tuple[int, ...]:
        done = self._writer.replay(seqs, at=self._clock(), by=by, reason=reason, verb=verb)
        self._writer.commit()
        return done

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        done = self._writer.release_by_hand(keys, at=self._clock(), by=by, reason=reason)
        self._writer.commit()
        return done


def _held(folder: Path) -> Hold | None:
    try:
        return hold(folder / LOCK_FILE, "")
    except CallerError:
        return None


def _found(folder: Path, which: Which, zone: tzinfo) -> tuple[int, ...]:
    if which.seqs:
        return tuple(sorted(set(which.seqs)))
    journal_of(folder).close()
    reader = JournalReader(folder / JOURNAL_FILE)
    try:
        if which.day is not None:
            return tuple(
                one.seq for _, step in of_day(reader, which.link, which.day, zone).read(reader) for one in step
            )
        return _parked(reader, which)
    finally:
        reader.close()


def _parked(reader: JournalReader, which: Which) -> tuple[int, ...]:
    found: list[int] = []
    before: int | None = None
    while page := reader.entries(state=State.parked, link=which.link, before=before, limit=1000):
        found += [one.seq for one in page if one.reason == which.parked]
        before = page[-1].seq
    return tuple(reversed(found))
