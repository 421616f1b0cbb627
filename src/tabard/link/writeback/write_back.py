"""Writing back: what products write is kept, sent over the link that the patient came by, and followed until it comes back."""

import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

import structlog

from tabard.dialect import Dialect
from tabard.ground.errors import CallerError, InternalError
from tabard.ground.time import Clock, system_clock
from tabard.link.control import Verb
from tabard.link.out import Outbound
from tabard.link.settings import LinkSettings, list_links
from tabard.link.write_settings import FHIR
from tabard.link.writeback.book import Book
from tabard.link.writeback.carrying import CANNOT_BE_KEPT, Carrying
from tabard.link.writeback.errors import AlreadyWritten
from tabard.link.writeback.keeping import Keeping
from tabard.link.writeback.model import Write, WriteState
from tabard.link.writeback.ports import FhirRoad, File, Reads
from tabard.link.writeback.preparing import Offer, Prepared, Preparing
from tabard.link.writeback.road import Road
from tabard.link.writeback.shape import wrong
from tabard.record import Stored

_log = structlog.get_logger("tabard.link")
_LOOK_EVERY_S = 0.5
"""How often the outbox and the record are looked at; a look costs two reads by key."""


class Taken(NamedTuple):
    """A write that is kept; `stored` is the resource as it is in the record now, None for a change of a Patient."""

    write: Write
    stored: Stored | None
    is_new: bool


class WriteBack:
    """Of the hospital in `folder`; `file` opens a transaction of its record. Everything may be called from any thread.

    Raises CallerError where a link writes to a destination that is not there, or over a FHIR base that it has not.
    """

    def __init__(
        self,
        folder: Path,
        record: Reads,
        file: File,
        dialects: Callable[[str], Dialect | None],
        outbound: Outbound,
        clock: Clock = system_clock,
        *,
        over_fhir: FhirRoad | None = None,
    ) -> None:
        known = list_links(folder)
        links = [one for one in known if one.write is not None]
        known_there = frozenset(one.name for one in outbound.destinations())
        for one in links:
            _check(one, known_there, over_fhir)
        writes = [one.write for one in links if one.write is not None]
        self.types = frozenset(kind for one in writes for kind in one.types)
        """Types of which products may make new ones here."""
        self.updates_patients = any(one.updates_patients for one in writes)
        """Whether products may change a Patient here."""
        self.largest_bytes = max((one.limit_bytes for one in writes), default=0)
        """How much a resource may be, as JSON."""
        self._record = record
        self._outbound = outbound
        self._book = Book(folder, clock)
        self._preparing = Preparing(links, record, dialects, lambda name: outbound.destination(name).limit_bytes, clock)
        self._carrying = Carrying(self._book, record, file, outbound)
        self._keeping = Keeping(self._book, outbound, known, clock)
        told_back = self._carrying.told_back
        self._road = None if over_fhir is None else Road(self._book, over_fhir, told_back, clock)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Do what a fall left half done, then follow what is on its way. Once."""
        turns = [self._carry, *([] if self._road is None else [self._road.turn])]
        for turn in turns:
            self._threads.append(threading.Thread(target=self._run, args=(turn,), name="tabard-writeback", daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        """End; what is on its way is followed again after the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._book.close()

    def prepare(self, offer: Offer) -> Prepared:
        """Refuse what can be refused, before anything is kept. Raises NotTaken, Misshapen, TooLarge, Outdated and Unsayable."""
        return self._preparing.prepare(offer)

    def take(self, prepared: Prepared) -> Taken:
        """Keep the write, in the record and in the outbox; durable when this returns. The same again is the first one.

        Raises AlreadyWritten, Misshapen for what the record cannot keep, InternalError where it is kept but not yet
        in the record: it will be, and the same asked again finds it.
        """
        write, before = self._book.enter(prepared.intent)
        if before is not None and before != prepared.intent.digest and not prepared.is_conditional:
            raise AlreadyWritten(
                "Another content was written under this identifier.",
                where=write.resource,
                remedy="Give what is new an identifier of its own.",
            )
        try:
            self._carrying.file_all(write.id if before is None else None)
        except CANNOT_BE_KEPT as fault:
            if isinstance(fault, CallerError) and not isinstance(fault, InternalError):
                raise
            raise wrong(
                write.resource.partition("/")[0], "a resource of FHIR R4", "Validate it before sending."
            ) from fault
        return Taken(self._book.entry(write.id), self._stored(write), before is None)

    def written(self, resource_type: str, resource_id: str) -> Stored | None:
        """The resource as it is in the record, where a product wrote it here; None for any other."""
        write = self._book.of_resource(f"{resource_type}/{resource_id}")
        return None if write is None else self._stored(write)

    def states(self, patient: str) -> tuple[Write, ...]:
        """How the patient's writes stand, newest first: for the patient's page."""
        return self._book.of_patient(patient)

    def entries(
        self, *, state: WriteState | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[Write, ...]:
        """Writes, newest first: those in `state` where given, numbered lower than `before`."""
        return self._book.list(state, before, limit)

    def verbs(self) -> dict[str, Verb]:
        """What a served hospital answers of its destinations over its control socket."""
        return {"destinations": self._outbound.states, "reload_destinations": self._outbound.reload}

    def counts(self) -> dict[str, int]:
        """How many are in each state."""
        return self._book.counts()

    def _stored(self, write: Write) -> Stored | None:
        kind, _, id_ = write.resource.partition("/")
        return None if kind == "Patient" else self._record.read(kind, id_)

    def _carry(self) -> None:
        self._carrying.turn()
        self._keeping.turn()

    def _run(self, turn: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                turn()
            except Exception as fault:  # noqa: BLE001  one bad minute must not end it; only its kind may be told
                _log.error("writing back failed", fault=type(fault).__name__)
            self._stopping.wait(_LOOK_EVERY_S)


def _check(link: LinkSettings, known: Collection[str], over_fhir: FhirRoad | None) -> None:
    destination = "" if link.write is None else link.write.destination
    if destination == FHIR and link.fhir is not None and over_fhir is not None:
        return
    if destination not in known:
        raise CallerError(
            "a link writes where nothing is",
            where=f"link {link.name}, write.destination",
            expected="the name of a destination, or fhir where the link has a FHIR base",
            got=destination,
            remedy="write destinations/NAME.toml, or name another",
        )
