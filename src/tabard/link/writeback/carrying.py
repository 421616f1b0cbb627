"""Carrying a write: into the record and the outbox, then from the outbox's word to the mark in the record.

Every step can be done again and is the same: a fall between two of them neither loses a write nor makes two of it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import apsw
import structlog

from tabard.fhir import Resource, decode
from tabard.ground.errors import CallerError, InternalError
from tabard.link.belongings import belong
from tabard.link.out import Outbound, OutMessage, OutState
from tabard.link.write_settings import WRITABLE
from tabard.link.writeback.book import Book
from tabard.link.writeback.echo import note_number
from tabard.link.writeback.marks import marked, state_in
from tabard.link.writeback.model import QUEUED, RECEIVED, Write, WriteState
from tabard.link.writeback.ports import File, Reads, Writing

_log = structlog.get_logger("tabard.link")
CANNOT_BE_KEPT = (CallerError, TypeError, KeyError, AttributeError, ValueError)
"""What a resource that cannot be kept raises; a failing disk raises others."""

_STATES = {
    OutState.queued: WriteState.pending,
    OutState.sent: WriteState.pending,
    OutState.accepted: WriteState.accepted,
    OutState.rejected: WriteState.rejected,
    OutState.unclear: WriteState.unclear,
}
_CHANGES = 200


class Carrying:
    """One at a time and in the order in which writes were taken, so that a later word about a patient comes later."""

    def __init__(self, book: Book, record: Reads, file: File, outbound: Outbound) -> None:
        self._book = book
        self._record = record
        self._file = file
        self._outbound = outbound
        self._lock = threading.Lock()
        self._looked_at = -1

    def file_all(self, mine: int | None = None) -> None:
        """Bring what was entered into the record and the outbox. What cannot be kept raises for `mine`, and is rejected else."""
        with self._lock:
            for write in self._book.unfiled():
                try:
                    self._file_one(write)
                except CANNOT_BE_KEPT as fault:
                    self._give_up(write, fault, is_mine=write.id == mine)

    def turn(self) -> None:
        """All that is to be done now: what a fall left half done, what the outbox says, what came back."""
        self.file_all()
        self._hear_outbox()
        self._look_for_echoes()
        for write in self._book.untold():
            self._tell(write)

    def told_back(self, write: Write, resource: Resource) -> None:
        """Over FHIR it was read back: what stands there takes the place of what was sent, under its id here."""
        kind, _, id_ = write.resource.partition("/")
        with self._filing() as writing:
            held = writing.get(kind, id_)
            if held is not None and state_in(held) is not None:
                told = {name: value for name, value in resource.items() if name != "meta"}
                kept = {"identifier": held["identifier"]} if "identifier" in held else {}
                writing.put({**told, **kept, **_labels(resource), "id": id_}, held["meta"]["source"])
        self._confirm(write)

    def _file_one(self, write: Write) -> None:
        content = self._book.content(write.id)
        if content.body is not None:
            resource = decode(content.body)
            with self._filing() as writing:
                if writing.get(resource["resourceType"], resource["id"]) is None:
                    writing.put(resource, f"urn:tabard:product:{write.client}")
                    belong(writing, write.patient, resource["resourceType"], resource["id"], write.patient)
                    for number in content.numbers:
                        note_number(writing, number, write.resource)
        in_outbox = None
        if content.message is not None:
            in_outbox = self._outbound.put(write.destination, content.message, write.control_id, of=write.resource)
        self._book.filed(write.id, in_outbox)

    @contextmanager
    def _filing(self) -> Iterator[Writing]:
        """A transaction of the record. Raises InternalError when the record's file fails."""
        try:
            with self._file() as writing:
                yield writing
        except apsw.Error as fault:
            raise InternalError("the record cannot be written", got=type(fault).__name__) from fault

    def _give_up(self, write: Write, fault: Exception, *, is_mine: bool) -> None:
        kind, _, id_ = write.resource.partition("/")
        if is_mine and (kind == "Patient" or self._record.read(kind, id_) is None):
            self._book.strike(write.id)
            raise fault
        _log.error("a write cannot be kept", number=write.id, fault=type(fault).__name__)
        self._book.filed(write.id, None)
        self._book.settle(write.id, WriteState.rejected, "It could not be kept or sent.", "Have it written again.")

    def _hear_outbox(self) -> None:
        while self._hear_some():
            pass

    def _hear_some(self) -> bool:
        """Settle what changed next; whether anything did.

        Not while something is filed: a message may be answered before the book knows its number, and what was said of it
        would be passed over for good.
        """
        with self._lock:
            changes = self._outbound.changes(self._book.seen, _CHANGES)
            for message in changes:
                write = self._book.in_outbox(message.id)
                if write is not None:
                    state = _STATES[message.state]
                    self._book.settle(write.id, state, reason_of(message), message.remedy)
            if changes:
                self._book.note_seen(changes[-1].change)
        return bool(changes)

    def _look_for_echoes(self) -> None:
        """What lost its mark in the record came back over the feed: all is looked through once, then what changed."""
        if self._looked_at < 0:
            self._looked_at = self._record.last_change()
            self._look_through()
        while changes := self._record.changes(self._looked_at, _CHANGES):
            for change in changes:
                is_ours = change.type in WRITABLE and change.version > 1
                write = self._book.of_resource(f"{change.type}/{change.id}") if is_ours else None
                if write is not None:
                    self._confirm(write)
            self._looked_at = changes[-1].seq

    def _look_through(self) -> None:
        after = 0
        while writes := self._book.open(after):
            for write in writes:
                self._confirm(write)
            after = writes[-1].id

    def _confirm(self, write: Write) -> None:
        if not write.state.is_final and self._is_back(write):
            self._book.settle(write.id, WriteState.confirmed, "", "")
            self._book.told(write.id, WriteState.confirmed, "")

    def _is_back(self, write: Write) -> bool:
        kind, _, id_ = write.resource.partition("/")
        if kind == "Patient":
            return False  # whose telephone it was that came back is nobody's to say
        stored = self._record.read(kind, id_)
        return stored is not None and state_in(decode(stored.body)) is None

    def _tell(self, write: Write) -> None:
        """Give the resource in the record the mark of the write's state; none where it came back meanwhile."""
        kind, _, id_ = write.resource.partition("/")
        if kind != "Patient":
            with self._filing() as writing:
                held = writing.get(kind, id_)
                if held is not None and state_in(held) is not None:
                    writing.put(marked(held, write.state, write.reason), held["meta"]["source"])
        self._book.told(write.id, write.state, write.reason)


def _labels(resource: Resource) -> Resource:
    """The `meta` of what was read back as far as it holds here: how restricted it is, which the record system decides."""
    security = resource.get("meta", {}).get("security")
    return {"meta": {"security": security}} if security else {}


def reason_of(message: OutMessage) -> str:
    """How the message stands, in a sentence."""
    if message.state is OutState.accepted and message.told == "":
        return RECEIVED
    return message.told or QUEUED
