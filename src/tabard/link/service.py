"""The links of one hospital, running: one thread takes messages and writes the journal, one applies them to the record."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tabard.database import Hold, hold
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.journal import Entry, GivesAgain, JournalReader, Outcome, State
from tabard.link.applying import ApplyingThread
from tabard.link.claims import Claims
from tabard.link.feeds import Feed, Feeds
from tabard.link.incomplete import Openings
from tabard.link.loading import Loaded, load_into
from tabard.link.measures import Measures
from tabard.link.parked import JOURNAL_FILE
from tabard.link.ports import Beside, MakeApplier
from tabard.link.settings import list_links
from tabard.link.taking import Addresses, TakingThread

LOCK_FILE = "links.lock"
_BY_HAND = Outcome(
    State.parked, "by_hand", "a person put this message aside", "replay it when it is to be applied, or leave it so"
)


class Links:
    """Every link in the hospital's `folder`: from the sockets into the journal, from the journal into the record.

    What was acknowledged is durable, and `start` goes on where the last run ended, however that ended. One object is
    started and stopped once. `applied_to` is the highest number that the record holds as applied, by which an older copy
    of the record or the journal is seen; None where it is not known. `ehr` is the record system that is asked over FHIR,
    where a link has one. `dialect_faults` tells which links have no dialect now, so that their messages wait.
    """

    def __init__(
        self,
        folder: Path,
        make_applier: MakeApplier,
        clock: Clock,
        *,
        applied_to: int | None = None,
        ehr: Beside | None = None,
        dialect_faults: Callable[[], Sequence[str]] = lambda: (),
    ) -> None:
        self._ehr = ehr
        self._dialect_faults = dialect_faults
        self._clock = clock
        settings, journal = list_links(folder), folder / JOURNAL_FILE
        self.settings = settings
        self._lock = folder / LOCK_FILE
        self._hold: Hold | None = None
        self._reader = JournalReader(journal)
        self._feeds = Feeds(settings, clock)
        self._openings = Openings(folder, clock)
        self._addresses: Addresses = {}
        claims = Claims()
        self._taking = TakingThread(settings, journal, self._feeds, clock, claims, applied_to)
        self._applying = ApplyingThread(journal, make_applier, claims, self._taking.put_marks)

    def start(self) -> None:
        """Listen on every link's port and apply what waits.

        Raises CallerError when a port cannot be had, or the links of this folder run already: two who number the messages
        of one journal would lose some.
        """
        self._hold = hold(self._lock, "stop the other `tabard hospital serve` of this folder, or serve another folder")
        try:
            self._addresses = self._taking.start()
        except BaseException:
            self._let_go()
            raise
        try:
            self._applying.start()
        except BaseException:
            self.stop()
            raise
        if self._ehr is not None:
            self._ehr.start()

    def stop(self) -> None:
        """Take no more, journal and answer what came, finish the batch in hand, and let go of the files."""
        self._taking.stop_listening()
        self._applying.stop()
        self._taking.stop()
        self._reader.close()
        if self._ehr is not None:
            self._ehr.stop()
        self._let_go()

    def feeds(self) -> tuple[Feed, ...]:
        """How fresh each link's feed is now, and whether its FHIR side answers; from memory."""
        told = tuple(replace(feed, incomplete_since=self._openings.since(feed.link)) for feed in self._feeds.read())
        return told if self._ehr is None else (*told, self._ehr.feed())

    def counts(self, link: str | None = None) -> dict[str, int]:
        """How many messages were received and are in each state."""
        return self._reader.counts(link)

    def parked(self, limit: int = 50, before: int | None = None) -> tuple[Entry, ...]:
        """The parked messages, newest first, numbered lower than `before`."""
        return self._reader.entries(state=State.parked, before=before, limit=limit)

    def addresses(self) -> Addresses:
        """Host and port that each link listens on."""
        return dict(self._addresses)

    def faults(self) -> tuple[str, ...]:
        """What keeps messages from being taken or applied now, and what the FHIR side refused within a day.

        Without patient data; empty when all is well.
        """
        told = tuple(fault for fault in (self._taking.fault, self._applying.fault) if fault is not None)
        told = (*told, *self._dialect_faults())
        return told if self._ehr is None else (*told, *self._ehr.faults())

    def replay(self, seqs: Iterable[int], by: str, reason: str, verb: GivesAgain = "replay") -> tuple[int, ...]:
        """Have messages applied again, whatever became of them; which of them can be. Nothing beyond the record is set off.

        `verb` is the word of the person that the journal keeps.

        Not those that were refused, are duplicates, wait anyway, or whose content retention took. Raises JournalFault when
        it could not be written down.
        """
        known, now = tuple(seqs), self._clock()
        return self._taking.ask(lambda journal: journal.replay(known, at=now, by=by, reason=reason, verb=verb)).result()

    def load(self, link: str, raws: Sequence[bytes], by: str, reason: str) -> Loaded:
        """Journal messages of an opening load of `link` and apply them; nothing beyond the record is set off. Raises JournalFault."""
        now = self._clock()
        return self._taking.ask(lambda journal: load_into(journal, link, raws, now, by, reason)).result()

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        """Have the held messages of `keys` tried again, oldest first; which they are. Raises JournalFault."""
        known, now = tuple(keys), self._clock()
        return self._taking.ask(lambda journal: journal.release_by_hand(known, at=now, by=by, reason=reason)).result()

    def park(self, seq: int, by: str, reason: str) -> None:
        """Put a message that is held aside, for a person.

        Raises NotFound, CallerError where it is not held, and JournalFault when it could not be written down.
        """
        self._reader.entry(seq)
        now = self._clock()
        done = self._taking.ask(lambda journal: journal.settle((seq,), _BY_HAND, at=now, by=by, reason=reason)).result()
        if not done:
            raise CallerError(
                "this message is not held", where=f"message {seq}", expected="one that is", remedy="look at its state"
            )

    def reload_dialects(self) -> None:
        """Read the dialects of all links anew; the next batch is applied by them. Raises what their loading raises."""
        self._applying.remake().result()

    def parked_reasons(self, link: str) -> dict[str, int]:
        """How many messages of a link are parked for each reason."""
        return self._reader.reasons(State.parked, link)

    def held_reasons(self, link: str) -> dict[str, int]:
        """How many messages of a link are held for each reason."""
        return self._reader.reasons(State.waiting, link)

    def undelivered(self) -> int:
        """How many messages' answers did not reach their sender."""
        return self._reader.undelivered()

    def measures(self) -> Measures | None:
        """What the intake measured since the start; None before it."""
        return self._taking.measures

    def _let_go(self) -> None:
        if self._hold is not None:
            self._hold.release()
            self._hold = None
